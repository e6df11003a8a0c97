// Loads Compose files as Docker Compose does, with its own library: first against the Compose specification's JSON schema,
// then whether everything that is named (networks, volumes, secrets, services) is there.
//
//	compose FILE...    (variables have the values of the environment)
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	failed := len(os.Args) < 2
	for _, file := range os.Args[1:] {
		services, err := load(file)
		if err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "%s: %v\n", file, err)
			continue
		}
		fmt.Printf("%s: %d services\n", file, services)
	}
	if failed {
		os.Exit(1)
	}
}

func load(file string) (services int, err error) {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithOsEnv)
	if err != nil {
		return 0, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return 0, err
	}
	if len(project.Services) == 0 {
		return 0, fmt.Errorf("has no services")
	}
	return len(project.Services), nil
}
