// Package check looks for mistakes in a configuration and in all that it names:
// templates, people, rules, and who may reach the socket.
package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/user"
	"slices"
	"strconv"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/mta"
	"sigmilter/cmd/internal/unit"
)

// Report is what `check --json` writes. Tenants, templates and rules are
// those of a configuration without faults.
type Report struct {
	File      string        `json:"file"`
	OK        bool          `json:"ok"`
	Version   string        `json:"version,omitempty"` // changes with the configuration and its templates
	Faults    config.Faults `json:"faults"`
	Warnings  []string      `json:"warnings"` // do not make the configuration bad
	Notes     []string      `json:"notes"`    // what could not be looked at
	Tenants   []Tenant      `json:"tenants"`
	Templates []Template    `json:"templates"`
	Rules     []Rule        `json:"rules"`
}

// Tenant is a tenant and where its people come from.
type Tenant struct {
	Name    string   `json:"name"`
	Domains []string `json:"domains"`
	Sources []Source `json:"sources"`
	Proof   string   `json:"proof"` // what is required, empty: nothing
}

// Source is a source of people, as it was read.
type Source struct {
	Name   string `json:"name"`
	Source string `json:"source"`
	Path   string `json:"path,omitempty"` // of a file
	People int    `json:"people"`
}

// Template is a template and its files.
type Template struct {
	Name string `json:"name"`
	HTML string `json:"html"`
	Text string `json:"text,omitempty"` // empty: derived from the HTML
}

// Rule is a rule in short.
type Rule struct {
	Name           string   `json:"name"`
	To             string   `json:"to"`
	From           []string `json:"from"`       // empty: everyone
	Conditions     []string `json:"conditions"` // names of the others
	Signature      string   `json:"signature"`
	ReplySignature string   `json:"reply_signature"` // empty: none
	Disclaimer     string   `json:"disclaimer,omitempty"`
	Banner         string   `json:"banner,omitempty"`
	Stop           bool     `json:"stop"`
	// NewOnlyAt and RepliesOnlyAt are all that brings the signature into new mails and
	// into replies, where these selections are off; empty: nothing is asked for.
	NewOnlyAt     []string `json:"new_only_at,omitempty"`
	RepliesOnlyAt []string `json:"replies_only_at,omitempty"`
}

// run is one run of check: the report, and what the people turn out to have.
type run struct {
	Report
	cfg        *config.Config
	elsewhere  bool // not in the place of the service
	attributes map[string]bool
	groups     map[string]bool // as conditions compare them
}

// Place is where check runs: as the service of systemd, or as whoever calls it.
type Place struct {
	Service *unit.Service     // nil: as the caller
	Missing []unit.Credential // what the unit loads and is not there
	Socket  mta.SocketUnit    // sigmilter.socket
	Notes   []string          // of why it is not the service's
}

// Run loads the configuration at path and reads everything it names. Mistakes are in the
// report; an error means that the report could not be completed.
func Run(ctx context.Context, path string, place Place) (*Report, error) {
	r := &run{elsewhere: place.Service == nil, attributes: map[string]bool{}, groups: map[string]bool{}}
	r.Report = Report{
		File: path, Faults: config.Faults{}, Warnings: []string{}, Notes: append([]string{}, place.Notes...),
		Tenants: []Tenant{}, Templates: []Template{}, Rules: []Rule{},
	}
	load := config.Load
	if r.elsewhere {
		load = config.LoadElsewhere
	}
	r.noteMissing(place)
	defer r.noteUnit(place)
	var err error
	r.cfg, err = load(path)
	if faults := (config.Faults{}); errors.As(err, &faults) {
		r.Faults = append(r.Faults, faults...)
		return &r.Report, nil
	}
	if err != nil {
		return nil, err
	}
	r.Version = r.cfg.Hash()
	r.Faults = append(r.Faults, r.cfg.Warnings...)
	for _, tenant := range r.cfg.Tenants {
		if err := r.checkTenant(ctx, tenant); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.cfg.Templates)) {
		r.checkTemplate(r.cfg.Templates[name])
	}
	for _, partial := range r.cfg.Blocks.Sources() {
		r.reviewSource(partial)
	}
	for _, rule := range r.cfg.Rules {
		r.checkRule(rule, time.Now())
	}
	r.Warnings = append(r.Warnings, r.cfg.Doubts()...)
	for _, note := range r.cfg.Notes {
		r.Notes = append(r.Notes, note.String())
	}
	r.checkSocket(place.Socket)
	r.checkWritable(place)
	r.OK = len(r.Faults) == 0
	return &r.Report, nil
}

// checkSocket warns when Postfix runs on this machine and cannot reach the socket.
func (r *run) checkSocket(socket mta.SocketUnit) {
	relay := mta.Daemon{Listen: r.cfg.Listen, SocketMode: r.cfg.SocketMode, SocketGroup: r.cfg.SocketGroup}
	if problem := mta.Unreachable(relay.Under(socket), "postfix"); problem != "" {
		r.warn("listen: %s", problem)
	}
	if group := r.cfg.SocketGroup; !socket.Active && !isGroup(group) {
		r.warn("socket_group: this machine has no group %q, and the daemon does not start there; getent group lists the groups", group)
	}
}

// isGroup reports whether there is a group of a name or number, or none is wanted.
func isGroup(group string) bool {
	if _, err := strconv.ParseUint(group, 10, 32); group == "" || err == nil {
		return true
	}
	_, err := user.LookupGroup(group)
	return err == nil
}

func (r *run) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// addFault adds a fault unless one is reported for the same place already.
func (r *run) addFault(f config.Fault) {
	same := func(g config.Fault) bool { return g.File == f.File && g.Line == f.Line && g.Key == f.Key }
	if !slices.ContainsFunc(r.Faults, same) {
		r.Faults = append(r.Faults, f)
	}
}
