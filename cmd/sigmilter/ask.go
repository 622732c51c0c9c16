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

// addAskingFlags adds the flags to a verb. help describes --json; it is empty for a verb
// without that flag.
func addAskingFlags(cmd *cobra.Command, help string) *asking {
	a := new(asking)
	cmd.Flags().StringVarP(&a.config, "config", "c", defaultConfig, "the configuration `FILE`, which says where to find the daemon")
	cmd.Flags().StringVar(&a.socket, "socket", "", "the daemon's control socket, `unix:PATH` (default: the one in the configuration)")
	if help != "" {
		cmd.Flags().BoolVar(&a.json, "json", false, help)
	}
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error { return a.checkFlags(cmd.Flags().Changed("config")) }
	return a
}

// checkFlags refuses flags with which another daemon might be asked than the one meant. The
// default configuration need not exist.
func (a *asking) checkFlags(named bool) error {
	if a.socket != "" && !strings.HasPrefix(a.socket, "unix:") {
		return &exitError{exitUsage, fmt.Errorf("--socket %s: does not begin with unix:; write it like unix:/run/sigmilter/control.sock", a.socket)}
	}
	if _, err := os.Stat(a.config); err != nil && named {
		return &exitError{exitUsage, fmt.Errorf("cannot read the configuration: %w", err)}
	}
	return nil
}

var errNoControl = errors.New(`cannot ask the daemon: the configuration says control = "off"`)

// client returns a client for the daemon's socket, nil if there is no socket.
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

// askDaemon runs f with a client of the daemon.
func (a *asking) askDaemon(f func(*control.Client) error) error {
	c := a.client()
	if c == nil {
		return errNoControl
	}
	return withAdvice(f(c))
}

// withAdvice completes an error of the daemon with what to do, and with its exit status.
func withAdvice(err error) error {
	if errors.Is(err, control.ErrNoDaemon) {
		return fmt.Errorf("%w; is it running, and is -c its configuration? systemctl status sigmilter tells both", err)
	}
	var e *control.Error
	if errors.As(err, &e) && e.Kind == control.Configuration {
		return &exitError{exitUsage, fmt.Errorf("the daemon keeps its current configuration; the new one has mistakes:\n%w", err)}
	}
	return err
}
