//go:build tools

// Package languagepython pins Pulumi's Python language host.
// v3.75.0 is the last module that contains it; it serves newer engines well.
package languagepython

import _ "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
