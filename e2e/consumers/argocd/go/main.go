// Argo CD's own ApplicationSet controller as a plain program, so that tests can run it without containers.
package main

import (
	"fmt"
	"io"
	"os"

	controller "github.com/argoproj/argo-cd/v3/cmd/argocd-applicationset-controller/commands"
)

func main() {
	followStdin()
	if err := controller.NewCommand().Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// followStdin ends the program when whoever started it is gone: its end of the pipe closes even when it is killed outright.
func followStdin() {
	if os.Getenv("CONTROL_PLANE_FOLLOWS_STDIN") == "" {
		return
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
}
