#include "pages.h"

static const unsigned char outline[] = {
#embed "../../Pages/outline.html"
};

const unsigned char *sbomkit_outline_page(void) { return outline; }
size_t sbomkit_outline_page_length(void) { return sizeof outline; }
