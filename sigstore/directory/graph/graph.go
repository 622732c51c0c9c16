// Package graph reads people from Microsoft Entra ID, through Microsoft Graph
// as an application: with a client secret or a certificate, and the application
// permission User.Read.All, for groups GroupMember.Read.All as well.
//
// The first reading loads all users by users/delta; later ones bring who changed
// since. A user's changes come in part, so that each changed user is read again
// whole. A delta token that ran out (Graph keeps one for seven days) and FullEvery
// lead to a full reading.
//
// The primary address is mail, and userPrincipalName where there is no mail. The
// SMTP addresses of proxyAddresses, otherMails and userPrincipalName are further
// ones.
package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"sigmilter/sigstore/directory"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// Options say which directory is read, as whom and how.
type Options struct {
	// Tenant is the directory (tenant) ID, or a domain of the tenant.
	Tenant string
	// Client is the application (client) ID.
	Client string
	// SecretFile holds the client secret. It is read again at each reading, as are
	// the files of the certificate.
	SecretFile string
	// CertificateFile holds a certificate and its key, PEM or PKCS#12 (PFX), in
	// place of a secret. CertificatePasswordFile is for an encrypted PKCS#12 file.
	CertificateFile, CertificatePasswordFile string

	// Cloud is one of the names in [Clouds]; empty is the public cloud.
	Cloud string
	// LoginURL and GraphURL take the place of the cloud's own, such as
	// https://login.microsoftonline.com and https://graph.microsoft.com. They are
	// https, without a path.
	LoginURL, GraphURL string
	// CAFile holds PEM certificates to verify both with, in place of the system's.
	CAFile string

	// Groups are those whose members are asked for, each by mail address, display
	// name or object ID. Members of groups within them count.
	Groups []string
	// Photos says that each person's photo is read, PhotoSize pixels wide and high:
	// one of [PhotoSizes], 240 when it is 0. Graph does not tell of a new photo; it
	// is seen when something else of the person changes, and after FullEvery.
	Photos    bool
	PhotoSize int
	// Guests says that users of other organisations count as people.
	Guests bool
	// EnabledOnly leaves out the accounts nobody can sign in to. Those of shared
	// mailboxes are such.
	EnabledOnly bool

	// FullEvery is how often everybody is read again; 0 is 24 hours.
	FullEvery time.Duration
	// Timeout bounds each request; 0 is one minute.
	Timeout time.Duration
}

// Source is a [directory.Source]. It keeps its login between readings.
type Source struct {
	Options

	web        *web
	credential azcore.TokenCredential
	material   [sha256.Size]byte // of the secret or certificate that credential has
	expires    time.Time         // when its certificate does; zero for a secret
	network    *atomic.Pointer[loginFailure]
}

// New makes a source.
func New(options Options) *Source { return &Source{Options: options} }

// PhotoSizes are the widths in pixels that Graph has photos in.
var PhotoSizes = []int{48, 64, 96, 120, 240, 360, 432, 504, 648}

// selectedProperties are the properties that are read, and whose changes are tracked.
const selectedProperties = "id,displayName,givenName,surname,jobTitle,department,companyName,officeLocation," +
	"businessPhones,mobilePhone,faxNumber,streetAddress,city,state,postalCode,country,mail,userPrincipalName," +
	"proxyAddresses,otherMails,onPremisesExtensionAttributes,employeeId,preferredLanguage,accountEnabled,userType"

// position is what a reading leaves for the next.
type position struct {
	Delta string    `json:"delta"` // deltaLink, to be used as it is
	Full  time.Time `json:"full"`  // when everybody was read
	Scope string    `json:"scope"` // hash of the options that everybody was read with
}

// scope names what the people depend on besides what is in the directory.
func (g *Source) scope() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q", []any{g.Tenant, g.graphURL(), selectedProperties, g.Photos, g.photoSize(), g.Guests, g.EnabledOnly})
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// since is the cursor to go on from, with an empty Delta when everybody is due.
func (g *Source) since(cursor string, now time.Time) position {
	var c position
	every := g.FullEvery
	if every == 0 {
		every = 24 * time.Hour
	}
	if json.Unmarshal([]byte(cursor), &c) != nil || c.Scope != g.scope() || now.Sub(c.Full) >= every {
		return position{}
	}
	return c
}

// Read implements [directory.Source]. Each error is one line that says what to do. A request
// that fails for a passing reason is repeated, see web.
func (g *Source) Read(ctx context.Context, cursor string, people directory.Sink, progress directory.Progress) (directory.Batch, error) {
	batch, err := g.readAll(ctx, cursor, people, progress)
	// A token may be withdrawn before its time: log in once more.
	if err != nil && g.web != nil && g.web.unauthorized.Swap(false) {
		g.credential = nil
		people.Restart()
		batch, err = g.readAll(ctx, cursor, people, progress)
	}
	if err != nil {
		return directory.Batch{}, fmt.Errorf("read people from Microsoft Entra ID: %w", err)
	}
	return batch, nil
}

func (g *Source) readAll(ctx context.Context, cursor string, people directory.Sink, progress directory.Progress) (directory.Batch, error) {
	if err := g.login(); err != nil {
		return directory.Batch{}, err
	}
	now := time.Now()
	c := g.since(cursor, now)
	round, err := g.readRound(ctx, c.Delta, progress)
	if errors.Is(err, errResync) {
		// QUIRK: beside the 410 Graph may send a Location to start over at. It is
		// the first request without its token, which is where we start anyway.
		c = position{}
		round, err = g.readRound(ctx, "", progress)
	}
	if err != nil {
		return directory.Batch{}, err
	}
	if c.Delta == "" {
		c = position{Full: now.UTC(), Scope: g.scope()}
	} else if err := g.complete(ctx, round); err != nil {
		return directory.Batch{}, err
	}
	c.Delta = round.delta
	batch, err := g.addPeople(ctx, round, people)
	if err != nil {
		return directory.Batch{}, err
	}
	groups, warnings, err := g.readGroups(ctx)
	if err != nil {
		return directory.Batch{}, err
	}
	batch.Groups, batch.Warnings = groups, append(batch.Warnings, warnings...)
	if warning := g.expiry(now); warning != nil {
		batch.Warnings = append(batch.Warnings, warning)
	}
	text, err := json.Marshal(c)
	batch.Cursor = string(text)
	return batch, err
}

// photoWindow is how many people are made of a round and given their photos at a time,
// so that the photos of a large directory are not in memory together.
const photoWindow = 100 * batchSize

// addPeople makes people of what a round brought, and hands them on. Who is no person of
// ours, or none any more, is gone.
func (g *Source) addPeople(ctx context.Context, r *deltaRound, people directory.Sink) (directory.Batch, error) {
	batch := directory.Batch{Full: r.full}
	unique := directory.NewClaims(directory.KeyWords)
	photos := photoReader{Source: g, refused: map[string][]string{}}
	for ids := range slices.Chunk(r.order, photoWindow) {
		var window []directory.Person
		for _, id := range ids {
			e := r.users[id]
			delete(r.users, id) // the JSON of a large directory is not kept beside its people
			p, problems, ours := g.person(e)
			for _, problem := range problems {
				batch.Warnings = append(batch.Warnings, errors.New(problem))
			}
			p.Key = id
			if ours && p.Address != "" {
				if unique.Admit(&p, id) {
					window = append(window, p)
				}
			} else if !r.full {
				batch.Gone = append(batch.Gone, id)
			}
		}
		if g.Photos {
			if err := photos.addTo(ctx, window); err != nil {
				return directory.Batch{}, err
			}
		}
		for _, p := range window {
			if err := people.Add(p); err != nil {
				return directory.Batch{}, err
			}
		}
	}
	batch.Lost = unique.Lost
	batch.Warnings = slices.Concat(batch.Warnings, unique.TakeWarnings(), photos.all())
	return batch, nil
}

func (g *Source) person(e *userEntry) (p directory.Person, problems []string, ours bool) {
	if e.removed {
		return p, nil, false
	}
	rec, err := directory.ParseRecord(e.raw)
	if err != nil {
		return p, []string{"a user is left out: " + err.Error()}, false
	}
	unwantedGuest := isGuest(rec) && !g.Guests
	disabled := rec.IsFalse("accountenabled") && g.EnabledOnly
	if unwantedGuest || disabled {
		return p, nil, false
	}
	p, problems = rec.Person()
	for i, problem := range problems {
		problems[i] = rec.Label() + ": " + problem
	}
	return p, problems, true
}

// isGuest reports whether a user belongs to another organisation.
//
// QUIRK: accounts made before 2014 have no userType, so that only the word Guest
// makes a guest.
func isGuest(r directory.Record) bool {
	kind, _ := r.Text("usertype")
	return strings.EqualFold(kind, "Guest")
}

func (g *Source) graphURL() string {
	if g.GraphURL != "" {
		return strings.TrimSuffix(g.GraphURL, "/")
	}
	return "https://" + Clouds[g.cloud()].Graph
}

func (g *Source) loginURL() string {
	if g.LoginURL != "" {
		return strings.TrimSuffix(g.LoginURL, "/")
	}
	return "https://" + Clouds[g.cloud()].Login
}

func (g *Source) cloud() string {
	if g.Cloud == "" {
		return "public"
	}
	return g.Cloud
}

// A Cloud is where one of Microsoft's clouds is.
type Cloud struct {
	Login string // host of the login
	Graph string // host of Microsoft Graph
}

// Clouds are Microsoft's clouds by the names used here. The one for the
// United States' government is GCC High; GCC itself is in the public cloud.
var Clouds = map[string]Cloud{
	"public": {"login.microsoftonline.com", "graph.microsoft.com"},
	"usgov":  {"login.microsoftonline.us", "graph.microsoft.us"},
	"dod":    {"login.microsoftonline.us", "dod-graph.microsoft.us"},
	"china":  {"login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn"},
}
