#include "schemas.h"

static const unsigned char spdx[] = {
#embed "../../Schemas/SPDX.json"
};

static const unsigned char cyclonedx[] = {
#embed "../../Schemas/CycloneDX.json"
};

static const unsigned char cyclonedx_xml[] = {
#embed "../../Schemas/CycloneDX-XML.txt"
};

const unsigned char *sbomkit_spdx_schema(void) { return spdx; }
size_t sbomkit_spdx_schema_length(void) { return sizeof spdx; }

const unsigned char *sbomkit_cyclonedx_schema(void) { return cyclonedx; }
size_t sbomkit_cyclonedx_schema_length(void) { return sizeof cyclonedx; }

const unsigned char *sbomkit_cyclonedx_xml_schema(void) { return cyclonedx_xml; }
size_t sbomkit_cyclonedx_xml_schema_length(void) { return sizeof cyclonedx_xml; }
