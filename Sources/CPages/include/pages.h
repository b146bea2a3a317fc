#ifndef SBOMKIT_PAGES_H
#define SBOMKIT_PAGES_H

#include <stddef.h>

/// A file of the folder Pages: its bytes, which never change, and their number.
struct sbomkit_page_part {
    const unsigned char *bytes;
    size_t length;
};

/// Pages/outline.html, with `{{policy}}`, `{{style}}`, `{{sbom}}` and `{{script}}` where the other parts go.
struct sbomkit_page_part sbomkit_outline_html(void);
/// Pages/outline.css.
struct sbomkit_page_part sbomkit_outline_css(void);
/// Pages/outline.js.
struct sbomkit_page_part sbomkit_outline_js(void);

#endif
