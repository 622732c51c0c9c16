package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
)

// asking are the flags of every verb that asks the running daemon.
type asking struct {
	config string
	socket string
	json   bool
}

// addAskingFlags gives them to a verb. help is what --json does, empty for a verb
// without it.
func addAskingFlags(cmd *cobra.Command, help string) *asking {
	a := new(asking)
	cmd.Flags().StringVarP(&a.config, "config", "c", defaultConfig, "the configuration `FILE`, which says where the daemon is")
	cmd.Flags().StringVar(&a.socket, "socket", "", "the daemon's control socket, `unix:PATH`, in place of the one of the configuration")
	if help != "" {
		cmd.Flags().BoolVar(&a.json, "json", false, help)
	}
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error { return a.check(cmd.Flags().Changed("config")) }
	return a
}

// check refuses what could only end in asking another daemon than the one that is
// meant. A configuration that nobody named need not be there.
func (a *asking) check(named bool) error {
	if a.socket != "" && !strings.HasPrefix(a.socket, "unix:") {
		return &exitError{exitUsage, fmt.Errorf("--socket %s: unix: does not come first; write it like unix:/run/sigmilter/control.sock", a.socket)}
	}
	if _, err := os.Stat(a.config); err != nil && named {
		return &exitError{exitUsage, fmt.Errorf("the configuration cannot be read: %w", err)}
	}
	return nil
}

var errNoControl = errors.New(`the configuration says control = "off": no daemon can be asked`)

// client is one for the daemon's socket, and nil when there is none.
func (a *asking) client() *control.Client {
	socket := a.socket
	if socket == "" {
		socket = config.FindPlaces(a.config).Control
	}
	if socket == "" {
		return nil
	}
	return control.NewClient(socket)
}

// daemon runs f with a client.
func (a *asking) daemon(f func(*control.Client) error) error {
	c := a.client()
	if c == nil {
		return errNoControl
	}
	return answered(f(c))
}

// answered gives an error of the daemon the exit status it has here.
func answered(err error) error {
	var e *control.Error
	switch {
	case errors.Is(err, control.ErrNoDaemon):
		return fmt.Errorf("%w; is it running, and is -c its configuration?", err)
	case errors.As(err, &e) && e.Kind == control.Configuration:
		return &exitError{exitUsage, fmt.Errorf("the daemon keeps its configuration, the new one has mistakes:\n%w", err)}
	}
	return err
}
