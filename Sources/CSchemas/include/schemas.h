#ifndef SBOMKIT_SCHEMAS_H
#define SBOMKIT_SCHEMAS_H

#include <stddef.h>

/// The bytes of Schemas/SPDX.json, and how many they are.
const unsigned char *sbomkit_spdx_schema(void);
size_t sbomkit_spdx_schema_length(void);

/// The bytes of Schemas/CycloneDX.json, and how many they are.
const unsigned char *sbomkit_cyclonedx_schema(void);
size_t sbomkit_cyclonedx_schema_length(void);

/// The bytes of Schemas/CycloneDX-XML.txt, and how many they are.
const unsigned char *sbomkit_cyclonedx_xml_schema(void);
size_t sbomkit_cyclonedx_xml_schema_length(void);

#endif
