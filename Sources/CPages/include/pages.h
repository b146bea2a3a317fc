#ifndef SBOMKIT_PAGES_H
#define SBOMKIT_PAGES_H

#include <stddef.h>

/// The bytes of Pages/outline.html, and their number.
const unsigned char *sbomkit_outline_page(void);
size_t sbomkit_outline_page_length(void);

#endif
