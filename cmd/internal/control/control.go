// Package control is how the verbs talk to the running daemon: over HTTP on a unix socket.
//
// The socket, see [Serve] and [NewClient], answers in JSON:
//
//	GET  /v1/status                             Status
//	POST /v1/reload                             Reloaded
//	GET  /v1/people?tenant=T&match=TEXT         Person, one a line
//	GET  /v1/people/ADDRESS                     Person, with the origin of each value
//	POST /v1/people/refresh?tenant=&source=&extent=  list of Reading
//	POST /v1/people/forget?tenant=&address=     list of Forgotten
//	GET  /v1/people/remembered?tenant=&address= Remembered
//	GET  /v1/decided                            Decided
//	GET  /v1/cache                              list of CacheStatus
//	POST /v1/cache/drop?tenant=&address=        CacheChange
//	POST /v1/cache/refresh?tenant=&address=     CacheChange
//	GET  /v1/state                              the state file, as it is now
//	POST /v1/state/check                        {}
//	GET  /debug/pprof/...                       profiles, as of net/http/pprof
//
// and, if something fails, with a status above 399 and an [Error]. Requests have no body.
// Whoever may open the socket may read the data of all people.
package control

import (
	"context"
	"fmt"
	"io"
	"iter"
	"time"
)

// Extent is how much of a source of people is read.
type Extent string

// The extents.
const (
	Changes Extent = ""      // only what the source says has changed
	Full    Extent = "full"  // everyone, which finds deleted people
	Forced  Extent = "force" // everyone, applied however many are gone
)

// Daemon is what a running daemon can be asked. Its methods are called from many goroutines
// at once. An error that is not an [*Error] has the kind [Failed].
type Daemon interface {
	// Status must be cheap: each scrape asks for it.
	Status() Status
	// Reload loads the configuration again. After an error the current one stays.
	Reload() (Reloaded, error)
	// People yields the people of a tenant, or of all if it is empty, whose addresses or
	// names contain match in any case. Origins and Sources are empty.
	People(tenant, match string) iter.Seq2[Person, error]
	Person(address string) (Person, error)
	// RefreshPeople reads the sources with these names now; an empty name means all.
	RefreshPeople(ctx context.Context, tenant, source string, extent Extent) ([]Reading, error)
	// Forget drops what was learned about the own signature of the person who has the
	// address, in a tenant or in all of them.
	Forget(tenant, address string) ([]Forgotten, error)
	// Remembered returns how the mails of a person of a tenant ended.
	Remembered(tenant, address string) (Remembered, error)
	// Decided counts the messages of late.
	Decided() (Decided, error)
	Cache() ([]CacheStatus, error)
	// DropCache drops rendered signatures: of a person, of a tenant, or all.
	DropCache(tenant, address string) (CacheChange, error)
	// RefreshCache drops them too, and renders again: all of the person, or those of people
	// who wrote lately.
	RefreshCache(ctx context.Context, tenant, address string) (CacheChange, error)
	// Snapshot writes a copy of the state file.
	Snapshot(w io.Writer) (int64, error)
	CheckState() error
}

// State is a stage in the life of a daemon.
type State string

// The states of a daemon.
const (
	Starting State = "starting" // not listening for the MTA yet
	Waiting  State = "waiting"  // running, but a tenant has no people
	Ready    State = "ready"
	Stopping State = "stopping" // finishing the messages in hand
)

// Status is the status of a daemon.
type Status struct {
	Version  string         `json:"version"`
	Revision string         `json:"revision,omitempty"`
	Go       string         `json:"go"`
	PID      int            `json:"pid"`
	Started  time.Time      `json:"started"`
	State    State          `json:"state"`
	Waiting  []string       `json:"waiting,omitempty"` // tenants without people
	Listen   string         `json:"listen"`
	Config   ConfigStatus   `json:"config"`
	Sessions SessionStatus  `json:"sessions"`
	File     FileStatus     `json:"file"`
	Tenants  []TenantStatus `json:"tenants"`
}

// ConfigStatus is about the current configuration.
type ConfigStatus struct {
	Path    string    `json:"path"`
	Hash    string    `json:"hash"`
	Loaded  time.Time `json:"loaded"`
	Restart []string  `json:"restart,omitempty"` // changed settings that need a restart
	// The last reload that failed since it was loaded.
	Failed time.Time `json:"failed,omitzero"`
	Err    string    `json:"err,omitempty"`
}

// SessionStatus counts connections of the MTA.
type SessionStatus struct {
	Open    int   `json:"open"`
	Total   int64 `json:"total"`
	Refused int64 `json:"refused"` // over the limit
}

// FileStatus is about the state file.
type FileStatus struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
	Err   string `json:"err,omitempty"` // why it could not be read
}

// TenantStatus is about the people of a tenant.
type TenantStatus struct {
	Name    string         `json:"name"`
	People  int            `json:"people"`
	Sources []SourceStatus `json:"sources"`
}

// SourceStatus is about the readings of a source.
type SourceStatus struct {
	Name     string    `json:"name"`
	Kind     string    `json:"kind"` // csv, ...
	People   int       `json:"people"`
	Read     time.Time `json:"read,omitzero"`    // last reading, good or not
	Success  time.Time `json:"success,omitzero"` // last good one
	Failures int       `json:"failures,omitempty"`
	Warnings int       `json:"warnings,omitempty"`
	Err      string    `json:"err,omitempty"` // of the last one, when it failed
}

// Reloaded is what a reload changed.
type Reloaded struct {
	Hash     string   `json:"hash"`
	Changed  bool     `json:"changed"`            // the file or a template differs
	Sources  []string `json:"sources,omitempty"`  // those started, as tenant/source
	Restart  []string `json:"restart,omitempty"`  // settings that wait for a restart
	Warnings []string `json:"warnings,omitempty"` // of the configuration
}

// Person is one of a tenant's people.
type Person struct {
	Tenant     string            `json:"tenant"`
	Address    string            `json:"address"`
	Addresses  []string          `json:"addresses,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Groups     []string          `json:"groups,omitempty"`
	Sources    []string          `json:"sources,omitempty"` // that know the person, by precedence
	Origins    map[string]string `json:"origins,omitempty"` // source of each attribute
	Learned    *Learned          `json:"learned,omitempty"` // nil when no mail of theirs is remembered
}

// Learned is what is known about how a person's mails end.
type Learned struct {
	Lines      int    `json:"lines"`           // of the known signature; 0 for none yet
	Since      string `json:"since,omitempty"` // the day of the first mail with it
	Mails      int    `json:"mails,omitempty"` // with it, of those that are remembered
	Remembered int    `json:"remembered"`      // endings of mails
}

// Forgotten is what was learned about a person and then dropped.
type Forgotten struct {
	Tenant  string `json:"tenant"`
	Address string `json:"address"`
	Learned
}

// Remembered is what is remembered of a person's mails, encoded as in the state file; empty
// if nothing is learned.
type Remembered struct {
	Key     []byte `json:"key,omitempty"` // of the hashes
	Endings []byte `json:"endings,omitempty"`
}

// Reading is the result of reading a source on request.
type Reading struct {
	Tenant string `json:"tenant"`
	Source string `json:"source"`
	People int    `json:"people"`
	Err    string `json:"err,omitempty"`
}

// Decided counts messages by action and reason. Both are nil when decisions are not kept.
type Decided struct {
	Hour map[string]map[string]int `json:"hour,omitempty"` // the last one
	Day  map[string]map[string]int `json:"day,omitempty"`  // the last 24 hours
}

// CacheStatus counts the rendered signatures of a tenant.
type CacheStatus struct {
	Tenant  string `json:"tenant"`
	Stored  int    `json:"stored"`  // in the state file
	Expired int    `json:"expired"` // of those
	Bytes   int64  `json:"bytes"`   // of those in the state file
	Memory  int    `json:"memory"`  // in memory
}

// CacheChange counts signatures.
type CacheChange struct {
	Dropped  int      `json:"dropped"` // out of the state file
	Rendered int      `json:"rendered"`
	Problems []string `json:"problems,omitempty"` // why others were not rendered, the first few
}

// Kind is the kind of an [Error].
type Kind string

// The kinds of errors.
const (
	Failed        Kind = "failed"
	NotFound      Kind = "not-found"
	Configuration Kind = "configuration" // the configuration file has faults
	Busy          Kind = "busy"          // the same is under way, or the daemon is starting or stopping
)

// Error says why a request failed.
type Error struct {
	Kind    Kind   `json:"kind"`
	Message string `json:"error"` // for the admin; several lines for several faults
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// Errorf makes an [Error].
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{kind, fmt.Sprintf(format, args...)}
}
