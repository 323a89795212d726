// One binary with the three programs that a control plane needs, so that tests can start a real one without containers.
package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	followStdin()
	program := os.Args[1]
	os.Args = append([]string{program}, os.Args[2:]...)

	switch program {
	case "etcd":
		etcd(os.Args[1:])
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kube-controller-manager":
		os.Exit(cli.Run(controllers.NewControllerManagerCommand()))
	default:
		usage()
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

// etcd takes three plain arguments: the data directory, the client URL and the peer URL. It never syncs to disk: test data may be lost.
func etcd(args []string) {
	if len(args) != 3 {
		usage()
	}
	config := embed.NewConfig()
	config.Dir = args[0]
	config.ListenClientUrls, config.AdvertiseClientUrls = urls(args[1]), urls(args[1])
	config.ListenPeerUrls, config.AdvertisePeerUrls = urls(args[2]), urls(args[2])
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	config.UnsafeNoFsync = true
	config.LogLevel = "error"

	server, err := embed.StartEtcd(config)
	if err != nil {
		fmt.Fprintln(os.Stderr, "etcd:", err)
		os.Exit(1)
	}
	<-server.Server.ReadyNotify()

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	select {
	case <-stop:
		server.Close()
	case err := <-server.Err():
		fmt.Fprintln(os.Stderr, "etcd:", err)
		os.Exit(1)
	}
}

func urls(text string) []url.URL {
	parsed, err := url.Parse(text)
	if err != nil {
		fmt.Fprintln(os.Stderr, "etcd:", err)
		os.Exit(2)
	}
	return []url.URL{*parsed}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: control-plane etcd DIR CLIENT_URL PEER_URL | kube-apiserver FLAGS… | kube-controller-manager FLAGS…")
	os.Exit(2)
}
