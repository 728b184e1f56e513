"""The native plugin `pulumi-resource-dedicatedip`: the same lease for every Pulumi language."""
