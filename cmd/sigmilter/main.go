// Command sigmilter is a milter daemon that puts e-mail signatures into the
// messages a Postfix or Sendmail relay hands it, and the tool to set it up.
//
// Each verb is a file of its own. Data goes to standard output, diagnostics to
// standard error. The exit status is 0 when done, 1 when failed, and 2 for bad
// usage or a bad configuration.
package main

import (
	"log"
	"os"

	"sigmilter/cmd/internal/printed"
)

func main() {
	log.SetOutput(printed.NewWriter(os.Stderr)) // of libraries, and of slog before a verb has its own
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
