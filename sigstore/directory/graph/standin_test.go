package graph

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sigmilter/sigstore/directory/directorytest"
)

const (
	standinTenant = "11111111-2222-3333-4444-555555555555"
	standinClient = "99999999-8888-7777-6666-000000000000"
	salesID       = "aaaaaaaa-0000-0000-0000-000000000001"
)

type object = map[string]any

// entra stands in for the login and for Microsoft Graph, over TLS on this machine.
// It behaves as both are documented, in what a source of people asks of them.
type entra struct {
	t      *testing.T
	server *httptest.Server
	url    string
	ca     string // PEM file

	mu       sync.Mutex
	users    []object          // as GET shows them
	log      []object          // what delta tells, in order
	expired  int               // delta tokens below are too old
	groups   map[string]object // by id
	members  map[string][]string
	photos   map[string]string // base64 by user id
	faults   []fault           // each answers one request that it fits
	asked    []string          // path and query of each request, those in a batch too
	logins   []url.Values
	token    int // the latest that was given out
	accepted int // the oldest that is taken
	pageSize int
}

// fault answers the next request whose path has at in it, in place of Graph. Those
// in a batch are meant by their path below the version.
type fault struct {
	at     string
	answer http.HandlerFunc
}

func newEntra(t *testing.T) *entra {
	t.Helper()
	e := &entra{t: t, groups: map[string]object{}, members: map[string][]string{}, photos: map[string]string{}, pageSize: 2}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /"+standinTenant+"/v2.0/.well-known/openid-configuration", e.discovery)
	mux.HandleFunc("POST /"+standinTenant+"/oauth2/v2.0/token", e.giveToken)
	mux.HandleFunc("GET /v1.0/users/delta", e.delta)
	mux.HandleFunc("GET /v1.0/users/$count", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "\uFEFF%d", len(e.users))
	})
	mux.HandleFunc("GET /v1.0/users/{id}", e.user)
	mux.HandleFunc("GET /v1.0/users/{id}/photos/{size}/$value", e.photo)
	mux.HandleFunc("GET /v1.0/groups", e.findGroup)
	mux.HandleFunc("GET /v1.0/groups/{id}", e.group)
	mux.HandleFunc("GET /v1.0/groups/{id}/transitiveMembers/microsoft.graph.user", e.transitive)
	mux.HandleFunc("POST /v1.0/$batch", func(w http.ResponseWriter, r *http.Request) { e.batch(mux, w, r) })
	e.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { e.serve(mux, w, r) }))
	t.Cleanup(e.server.Close)
	e.url = e.server.URL
	e.ca = filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.server.Certificate().Raw})
	if err := os.WriteFile(e.ca, block, 0o644); err != nil {
		t.Fatal(err)
	}
	return e
}

// source is a source of its people, logged in by a secret.
func (e *entra) source() *Source {
	e.t.Helper()
	return New(Options{
		EnabledOnly: true,
		Tenant:      standinTenant, Client: standinClient, SecretFile: directorytest.WriteSecret(e.t, "s3cret\n"),
		LoginURL: e.url, GraphURL: e.url, CAFile: e.ca, Timeout: 10 * time.Second,
	})
}

// waits makes a source note its waits in place of waiting.
func (e *entra) waits(g *Source) *[]time.Duration {
	e.t.Helper()
	if err := g.login(); err != nil {
		e.t.Fatal(err)
	}
	var mu sync.Mutex
	var waits []time.Duration
	g.web.wait = func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		waits = append(waits, d)
		return ctx.Err()
	}
	return &waits
}

// set makes a user, or changes the properties given. Delta tells only those.
func (e *entra) set(id string, properties object) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change := object{"id": id}
	maps.Copy(change, properties)
	e.log = append(e.log, change)
	for _, u := range e.users {
		if u["id"] == id {
			maps.Copy(u, properties)
			return
		}
	}
	e.users = append(e.users, maps.Clone(change))
}

// remove removes a user, for one of the two reasons there are.
func (e *entra) remove(id, reason string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.users = slices.DeleteFunc(e.users, func(u object) bool { return u["id"] == id })
	e.log = append(e.log, object{"id": id, "@removed": object{"reason": reason}})
}

// tell makes the next round of delta tell something that need not be so.
func (e *entra) tell(entries ...object) { e.log = append(e.log, entries...) }

func (e *entra) fail(at string, answers ...http.HandlerFunc) {
	for _, answer := range answers {
		e.faults = append(e.faults, fault{at, answer})
	}
}

// count is how many requests had the text in their path or query.
func (e *entra) count(part string) (n int) {
	for _, a := range e.asked {
		if strings.Contains(a, part) {
			n++
		}
	}
	return n
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// refuse is an error of Graph; headers come in pairs.
func refuse(status int, code, message string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		reply(w, status, object{"error": object{"code": code, "message": message}})
	}
}

func (e *entra) serve(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/v1.0/") {
		given, err := strconv.Atoi(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer token"))
		e.mu.Lock()
		ok := err == nil && given >= e.accepted
		e.mu.Unlock()
		if !ok {
			refuse(http.StatusUnauthorized, "InvalidAuthenticationToken", "Lifetime validation failed.")(w, r)
			return
		}
	}
	e.answer(mux, w, r)
}

// answer notes a request and answers it, by a fault that fits first.
func (e *entra) answer(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	e.asked = append(e.asked, r.URL.RequestURI())
	i := slices.IndexFunc(e.faults, func(f fault) bool { return strings.Contains(r.URL.Path, f.at) })
	var f http.Handler = mux
	if i >= 0 {
		f = e.faults[i].answer
		e.faults = slices.Delete(e.faults, i, i+1)
	}
	e.mu.Unlock()
	f.ServeHTTP(w, r)
}

func (e *entra) discovery(w http.ResponseWriter, _ *http.Request) {
	base := e.url + "/" + standinTenant
	reply(w, http.StatusOK, object{
		"issuer": base + "/v2.0", "token_endpoint": base + "/oauth2/v2.0/token",
		"authorization_endpoint": base + "/oauth2/v2.0/authorize",
	})
}

func (e *entra) giveToken(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.logins = append(e.logins, r.Form)
	e.token++
	reply(w, http.StatusOK, object{"token_type": "Bearer", "expires_in": 3599, "access_token": fmt.Sprintf("token%d", e.token)})
}

// delta tells everybody, or the log since a token, in pages.
func (e *entra) delta(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	query := r.URL.Query()
	from, incremental := -1, query.Has("$deltatoken")
	if incremental {
		from, _ = strconv.Atoi(query.Get("$deltatoken"))
	}
	upto, skip := len(e.log), 0
	if text := query.Get("$skiptoken"); text != "" {
		_, _ = fmt.Sscanf(text, "%d.%d.%d", &from, &upto, &skip)
	}
	if from >= 0 && from < e.expired {
		refuse(http.StatusGone, "", "", "Location", e.url+"/v1.0/users/delta?$deltatoken=")(w, r)
		return
	}
	entries := e.users
	if from >= 0 {
		entries = e.log[from:upto]
	}
	end := min(skip+e.pageSize, len(entries))
	page := object{"value": append([]object{}, entries[skip:end]...)}
	if end < len(entries) {
		page["@odata.nextLink"] = fmt.Sprintf("%s/v1.0/users/delta?$skiptoken=%d.%d.%d", e.url, from, upto, end)
	} else {
		page["@odata.deltaLink"] = fmt.Sprintf("%s/v1.0/users/delta?$deltatoken=%d", e.url, upto)
	}
	reply(w, http.StatusOK, page)
}

func (e *entra) user(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, u := range e.users {
		if u["id"] == r.PathValue("id") {
			reply(w, http.StatusOK, u)
			return
		}
	}
	refuse(http.StatusNotFound, "Request_ResourceNotFound", "no such user")(w, r)
}

func (e *entra) photo(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	photo, has := e.photos[r.PathValue("id")]
	if !has {
		refuse(http.StatusNotFound, "ImageNotFound", "no photo")(w, r)
		return
	}
	reply(w, http.StatusOK, photo) // as it is in a batch
}

func (e *entra) group(w http.ResponseWriter, r *http.Request) {
	if g, has := e.groups[r.PathValue("id")]; has {
		reply(w, http.StatusOK, g)
		return
	}
	refuse(http.StatusNotFound, "Request_ResourceNotFound", "no such group")(w, r)
}

func (e *entra) findGroup(w http.ResponseWriter, r *http.Request) {
	filter, found := r.URL.Query().Get("$filter"), []object{}
	for _, id := range slices.Sorted(maps.Keys(e.groups)) {
		g := e.groups[id]
		for _, property := range []string{"mail", "displayName"} {
			quoted := strings.ReplaceAll(fmt.Sprint(g[property]), "'", "''")
			if strings.Contains(strings.ToLower(filter), strings.ToLower(property+" eq '"+quoted+"'")) {
				found = append(found, g)
				break
			}
		}
	}
	reply(w, http.StatusOK, object{"value": found})
}

// transitive wants what the cast wants.
func (e *entra) transitive(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("ConsistencyLevel") != "eventual" || r.URL.Query().Get("$count") != "true" {
		refuse(http.StatusBadRequest, "Request_UnsupportedQuery", "cast without ConsistencyLevel")(w, r)
		return
	}
	all := e.members[r.PathValue("id")]
	skip, _ := strconv.Atoi(r.URL.Query().Get("$skiptoken"))
	end := min(skip+e.pageSize, len(all))
	page := object{"value": []object{}}
	for _, id := range all[skip:end] {
		page["value"] = append(page["value"].([]object), object{"id": id})
	}
	if end < len(all) {
		page["@odata.nextLink"] = fmt.Sprintf("%s%s?$count=true&$skiptoken=%d", e.url, r.URL.Path, end)
	}
	reply(w, http.StatusOK, page)
}

// batch answers each request on its own, the last one first: order is not promised.
func (e *entra) batch(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	var question struct {
		Requests []struct{ ID, Method, URL string }
	}
	if json.NewDecoder(r.Body).Decode(&question) != nil || len(question.Requests) > 20 {
		refuse(http.StatusBadRequest, "BadRequest", "over 20 requests")(w, r)
		return
	}
	responses := []object{}
	for _, q := range slices.Backward(question.Requests) {
		one := httptest.NewRequest(q.Method, "/v1.0"+q.URL, nil)
		recorder := httptest.NewRecorder()
		e.answer(mux, recorder, one)
		headers := object{}
		for name := range recorder.Header() {
			headers[name] = recorder.Header().Get(name)
		}
		responses = append(responses, object{
			"id": q.ID, "status": recorder.Code, "headers": headers, "body": json.RawMessage(recorder.Body.Bytes()),
		})
	}
	reply(w, http.StatusOK, object{"responses": responses})
}
