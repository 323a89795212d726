// The programs of Argo CD that tests need, in one binary, so that they can run without containers.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/alicebob/miniredis/v2"
	application "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	applicationset "github.com/argoproj/argo-cd/v3/cmd/argocd-applicationset-controller/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	"github.com/spf13/cobra"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	followStdin()
	program := os.Args[1]
	os.Args = append([]string{program}, os.Args[2:]...)

	switch program {
	case "applicationset-controller":
		run(applicationset.NewCommand())
	case "application-controller":
		run(application.NewCommand())
	case "repo-server":
		run(reposerver.NewCommand())
	case "redis":
		redis(os.Args[1:])
	default:
		usage()
	}
}

func run(command *cobra.Command) {
	if err := command.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// redis takes the address to listen on. It is the stand-in that Argo CD's own tests use; what it holds is a cache.
func redis(args []string) {
	if len(args) != 1 {
		usage()
	}
	if err := miniredis.NewMiniRedis().StartAddr(args[0]); err != nil {
		fmt.Fprintln(os.Stderr, "redis:", err)
		os.Exit(1)
	}
	select {}
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

func usage() {
	fmt.Fprintln(os.Stderr, "usage: argocd applicationset-controller FLAGS… | application-controller FLAGS… | repo-server FLAGS… | redis ADDRESS")
	os.Exit(2)
}
