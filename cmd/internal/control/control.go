// Package control lets the verbs ask and tell the running daemon, over HTTP on a unix
// socket.
//
// The unix socket, see [Serve] and [NewClient], answers in JSON:
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
// and in case of failure with a status above 399 and an [Error]. No request has a
// body. Who may open the socket may read everybody's data.
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
	Changes Extent = ""      // what the source says has changed
	Full    Extent = "full"  // everybody, so that who was deleted is noticed
	Forced  Extent = "force" // everybody, and it does not matter how many are gone
)

// Daemon is what can be asked of a running daemon. Its methods are called from
// many goroutines at once; errors that are no [*Error] are failures of kind
// [Failed].
type Daemon interface {
	// Status is cheap: it is asked at each scrape.
	Status() Status
	// Reload loads the configuration anew. After an error the old one stays.
	Reload() (Reloaded, error)
	// People goes through those of a tenant, or with an empty one all, whose
	// addresses or names contain match in any case. Origins and Sources are empty.
	People(tenant, match string) iter.Seq2[Person, error]
	Person(address string) (Person, error)
	// RefreshPeople reads the sources of these names now, all for empty ones.
	RefreshPeople(ctx context.Context, tenant, source string, extent Extent) ([]Reading, error)
	// Forget drops what was learned of the signature of the person who has the
	// address, in a tenant or in all of them.
	Forget(tenant, address string) ([]Forgotten, error)
	// Remembered is how the mails of a person of a tenant ended.
	Remembered(tenant, address string) (Remembered, error)
	// Decided counts the messages of late.
	Decided() (Decided, error)
	Cache() ([]CacheStatus, error)
	// DropCache forgets rendered signatures: of a person, of a tenant, or all.
	DropCache(tenant, address string) (CacheChange, error)
	// RefreshCache forgets them too, and renders anew all of the person, or those of
	// people who wrote lately.
	RefreshCache(ctx context.Context, tenant, address string) (CacheChange, error)
	// Snapshot writes a state file.
	Snapshot(w io.Writer) (int64, error)
	CheckState() error
}

// State is where a daemon is in its life.
type State string

// The states of a daemon.
const (
	Starting State = "starting" // it does not listen for the MTA yet
	Waiting  State = "waiting"  // it runs, and there is a tenant without people
	Ready    State = "ready"
	Stopping State = "stopping" // it finishes the messages in hand
)

// Status says how a daemon is.
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

// ConfigStatus is about the configuration in force.
type ConfigStatus struct {
	Path    string    `json:"path"`
	Hash    string    `json:"hash"`
	Loaded  time.Time `json:"loaded"`
	Restart []string  `json:"restart,omitempty"` // settings that wait for a restart
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

// SourceStatus says how the readings of a source went.
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

// Reloaded says what a reload changed.
type Reloaded struct {
	Hash     string   `json:"hash"`
	Changed  bool     `json:"changed"`            // the file or a template is another
	Sources  []string `json:"sources,omitempty"`  // those begun anew, as tenant/source
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

// Learned says what is known of how a person's mails end.
type Learned struct {
	Lines      int    `json:"lines"`           // of the signature that is known; 0 for none yet
	Since      string `json:"since,omitempty"` // the day of the first mail with it
	Mails      int    `json:"mails,omitempty"` // with it, of those that are remembered
	Remembered int    `json:"remembered"`      // endings of mails
}

// Forgotten is what was learned of a person, and dropped.
type Forgotten struct {
	Tenant  string `json:"tenant"`
	Address string `json:"address"`
	Learned
}

// Remembered is what is remembered of a person's mails, as the state file has it;
// empty when nothing is learned.
type Remembered struct {
	Key     []byte `json:"key,omitempty"` // of the hashes
	Endings []byte `json:"endings,omitempty"`
}

// Reading is how the reading of a source went that was asked for.
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
	Problems []string `json:"problems,omitempty"` // why others were not, the first of them
}

// Kind says whose fault an [Error] is.
type Kind string

// The kinds of errors.
const (
	Failed        Kind = "failed"
	NotFound      Kind = "not-found"
	Configuration Kind = "configuration" // the configuration file has faults
	Busy          Kind = "busy"          // the same is under way, or the daemon is not up yet
)

// Error is why something was not done.
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
