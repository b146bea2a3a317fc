#include <lzma.h>

/* Swift does not import a macro with a cast. */
static const uint32_t lzma_concatenated = LZMA_CONCATENATED;
