//go:build tools

// Package languageyaml pins Pulumi's YAML language host, with the SDK of its own that it is built with.
package languageyaml

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
