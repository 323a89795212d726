// The least that it takes to write N objects from Go: bodies that were made before, one HTTP/2 connection, no answer read.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

type told struct {
	URL         string `json:"url"`
	CA          string `json:"ca"`
	Token       string `json:"token"`
	Namespace   string `json:"namespace"`
	Bodies      string `json:"bodies"`
	Connections int    `json:"connections"`
}

func main() {
	var what told
	must(json.Unmarshal([]byte(os.Args[1]), &what))
	text, err := os.ReadFile(what.Bodies)
	must(err)
	bodies := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(what.CA))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	client := &http.Client{Transport: transport}
	url := what.URL + "/api/v1/namespaces/" + what.Namespace + "/secrets"

	say("started")
	work := make(chan []byte)
	var workers sync.WaitGroup
	for range what.Connections {
		workers.Go(func() {
			for body := range work {
				write(client, url, what.Token, body)
			}
		})
	}
	for _, body := range bodies {
		work <- body
	}
	close(work)
	workers.Wait()
	say("done")
	// What it used can still be read until it is told to stop.
	select {}
}

func write(client *http.Client, url, token string, body []byte) {
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	must(err)
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	answer, err := client.Do(request)
	must(err)
	_, err = io.Copy(io.Discard, answer.Body)
	must(err)
	must(answer.Body.Close())
	if answer.StatusCode != http.StatusCreated || answer.ProtoMajor != 2 {
		must(fmt.Errorf("the server answered %s over %s", answer.Status, answer.Proto))
	}
}

// The clock that all processes of a machine share, as process.hrtime of Node reads it.
func say(message string) {
	var at syscall.Timespec
	if _, _, code := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&at)), 0); code != 0 {
		must(code)
	}
	milliseconds := float64(at.Sec)*1e3 + float64(at.Nsec)/float64(time.Millisecond)
	fmt.Printf("{\"message\":%q,\"at\":%f}\n", message, milliseconds)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
