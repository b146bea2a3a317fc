#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

/* The only state of the whole process that is touched: called once, before any parser is made. Without it documents
   nested deeper than 256 are refused. Later versions made it a constant, and have the one limit that they have. */
static inline void sbomkit_xml_initialize(unsigned int depth) {
    xmlInitParser();
#if LIBXML_VERSION < 21200
    xmlParserMaxDepth = depth;
#else
    (void)depth;
#endif
}
