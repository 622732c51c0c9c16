package main

import (
	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/trial"
)

// envelopeFlags are the flags of the verbs that read a message from a file: what an MTA
// would say about it.
type envelopeFlags struct {
	cmd        *cobra.Command
	sender     string
	recipients []string
	listener   string
	macros     macroFlag
	proven     bool
}

// addTo gives the flags to a verb.
func (e *envelopeFlags) addTo(cmd *cobra.Command) {
	e.cmd = cmd
	flags := cmd.Flags()
	flags.StringVar(&e.sender, "from", "", "envelope sender `ADDRESS`; empty is the null sender (default: the From field)")
	flags.StringArrayVar(&e.recipients, "to", nil, "envelope recipient `ADDRESS`, once for each (default: the To, Cc and Bcc fields)")
	flags.StringVar(&e.listener, "listener", "", "as if it came in on this listener: an `ADDRESS` as in the configuration")
	flags.Var(&e.macros, "macro", "as if the MTA sent this macro, such as client_addr=40.92.1.2; once for each `NAME=VALUE`")
	flags.BoolVar(&e.proven, "proven", false, "as if the message were proven to be its tenant's")
}

// given is what the command line says about the envelope.
func (e *envelopeFlags) given() *trial.Given {
	g := &trial.Given{
		Recipients: e.recipients,
		Origin:     trial.Origin{Listener: e.listener, Macros: e.macros, Proven: e.proven},
	}
	if e.cmd.Flags().Changed("from") {
		g.Sender = &e.sender
	}
	return g
}

// macroFlag are macros by name without braces.
type macroFlag map[string]string

func (f *macroFlag) String() string { return "" }
func (f *macroFlag) Type() string   { return "macro" }

// Set implements the flag, for one macro.
func (f *macroFlag) Set(s string) error {
	name, value, err := trial.ParseMacro(s)
	if err != nil {
		return err
	}
	if *f == nil {
		*f = macroFlag{}
	}
	(*f)[name] = value
	return nil
}
