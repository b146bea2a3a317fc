// The license expression and the list are public types of the library; the other types of that module are not.
@_exported public import struct SBOMModel.LicenseExpression
@_exported public import enum SBOMModel.LicenseList
