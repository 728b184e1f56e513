//go:build tools

// Package cli pins the Pulumi engine: its version stands in go.mod, its checksums in go.sum.
package cli

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
