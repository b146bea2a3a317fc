internal import CSchemas

/// A file of `Schemas/` that is compiled into the program.
package enum SchemaFile {
    /// The JSON Schemas of all versions of SPDX.
    case spdx
    /// The JSON Schemas of all versions of CycloneDX.
    case cycloneDX
    /// The table of the XML Schemas of all versions of CycloneDX.
    case cycloneDXXML

    /// The content of the file.
    package var bytes: [UInt8] {
        // SAFETY: each pointer leads to a constant array of the program with exactly that length.
        switch self {
        case .spdx:
            unsafe Array(UnsafeBufferPointer(start: sbomkit_spdx_schema(), count: sbomkit_spdx_schema_length()))
        case .cycloneDX:
            unsafe Array(
                UnsafeBufferPointer(start: sbomkit_cyclonedx_schema(), count: sbomkit_cyclonedx_schema_length()))
        case .cycloneDXXML:
            unsafe Array(
                UnsafeBufferPointer(
                    start: sbomkit_cyclonedx_xml_schema(), count: sbomkit_cyclonedx_xml_schema_length()))
        }
    }
}
