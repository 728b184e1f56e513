// Codegen makes the SDKs of a Pulumi package for Node.js, Python and Go, with Pulumi's own generators.
//
//	go run . SCHEMA FOLDER
//
// It fails on whatever the generators warn of.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "dedicated_ip_provider"

type files = map[string][]byte

var languages = map[string]func(*schema.Package) (files, error){
	"nodejs": func(p *schema.Package) (files, error) { return nodejs.GeneratePackage(tool, p, nil, nil, true, nil) },
	"python": func(p *schema.Package) (files, error) { return python.GeneratePackage(tool, p, nil, nil) },
	"go":     func(p *schema.Package) (files, error) { return golang.GeneratePackage(tool, p, nil) },
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run writes the SDK of each language into a folder of its name.
func run(schemaFile, folder string) error {
	for language, generate := range languages {
		pkg, err := bind(schemaFile)
		if err != nil {
			return err
		}
		made, err := generate(pkg)
		if err != nil {
			return fmt.Errorf("%s: %w", language, err)
		}
		for name, content := range made {
			file := filepath.Join(folder, language, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(file, content, 0o644); err != nil {
				return err
			}
		}
		fmt.Printf("%s: %d files\n", language, len(made))
	}
	return nil
}

// bind reads the schema anew, as a generator writes into what it is given.
func bind(schemaFile string) (*schema.Package, error) {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, err
	}
	pkg, found, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		return nil, found
	}
	// As `pulumi package add` does.
	pkg.SupportPack = true
	return pkg, nil
}
