#include "pages.h"

static const unsigned char html[] = {
#embed "../../Pages/outline.html"
};
static const unsigned char css[] = {
#embed "../../Pages/outline.css"
};
static const unsigned char js[] = {
#embed "../../Pages/outline.js"
};

struct sbomkit_page_part sbomkit_outline_html(void) { return (struct sbomkit_page_part){html, sizeof html}; }
struct sbomkit_page_part sbomkit_outline_css(void) { return (struct sbomkit_page_part){css, sizeof css}; }
struct sbomkit_page_part sbomkit_outline_js(void) { return (struct sbomkit_page_part){js, sizeof js}; }
