package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory/directorytest"
)

func TestGraphPassingFailures(t *testing.T) {
	seconds := func(from, to float64) [2]time.Duration {
		return [2]time.Duration{time.Duration(from * 1e9), time.Duration(to * 1e9)}
	}
	throttled := func(headers ...string) http.HandlerFunc {
		return refuse(429, "TooManyRequests", "throttled", headers...)
	}
	untilDate := func(w http.ResponseWriter, r *http.Request) {
		throttled("Retry-After", time.Now().Add(90*time.Second).UTC().Format(http.TimeFormat))(w, r)
	}
	tests := []struct {
		name    string
		answers []http.HandlerFunc
		waits   [][2]time.Duration // at least and at most
	}{
		{"seconds", []http.HandlerFunc{throttled("Retry-After", "17")}, [][2]time.Duration{seconds(17, 17)}},
		{"a fraction", []http.HandlerFunc{throttled("Retry-After", "1.5")}, [][2]time.Duration{seconds(1.5, 1.5)}},
		{"a date", []http.HandlerFunc{untilDate}, [][2]time.Duration{seconds(60, 90)}},
		{"a date that is over", []http.HandlerFunc{throttled("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT")}, [][2]time.Duration{seconds(0, 0)}},
		{"none", []http.HandlerFunc{throttled()}, [][2]time.Duration{seconds(0.5, 1)}},
		{"nonsense", []http.HandlerFunc{throttled("Retry-After", "soon")}, [][2]time.Duration{seconds(0.5, 1)}},
		{"again and again", []http.HandlerFunc{throttled(), refuse(503, "", ""), refuse(504, "", ""), refuse(502, "", ""), throttled()},
			[][2]time.Duration{seconds(0.5, 1), seconds(1, 2), seconds(2, 4), seconds(4, 8), seconds(8, 16)}},
		{"a cut connection", []http.HandlerFunc{directorytest.CutOff, directorytest.CutOff}, [][2]time.Duration{seconds(0.5, 1), seconds(1, 2)}},
	}
	for _, at := range []string{"/users/delta", "/transitiveMembers", "/groups", "/$batch", "/users/2"} {
		for _, test := range tests {
			if at == "/users/2" && test.name == "a cut connection" {
				continue // of the whole batch, not of one request in it
			}
			t.Run(at+" "+test.name, func(t *testing.T) {
				e := newEntra(t)
				e.set("1", object{"mail": "a@b.c"})
				e.groups[salesID] = object{"id": salesID, "mail": "sales@b.c"}
				g := e.source()
				g.Groups = []string{"sales@b.c"}
				waits := e.waits(g)
				cursor := readGraph(t, g, "").Cursor
				e.set("2", object{"mail": "b@b.c"})
				e.fail(at, test.answers...)
				batch := readGraph(t, g, cursor)
				if directorytest.Addresses(batch.People) != "b@b.c" || len(e.faults) > 0 {
					t.Errorf("people %s, %d faults left", directorytest.Addresses(batch.People), len(e.faults))
				}
				if len(*waits) != len(test.waits) {
					t.Fatalf("waits %v", *waits)
				}
				for i, d := range *waits {
					if d < test.waits[i][0] || d > test.waits[i][1] {
						t.Errorf("wait %d was %s, want %s", i, d, test.waits[i])
					}
				}
			})
		}
	}
}

func repeat(n int, h http.HandlerFunc) (all []http.HandlerFunc) {
	for range n {
		all = append(all, h)
	}
	return all
}

func TestGraphFailures(t *testing.T) {
	const began = "read people from Microsoft Entra ID: "
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(500)
		_, _ = w.Write([]byte("<html>Bad\r\nday</html>"))
	}
	denied := refuse(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	away := func(w http.ResponseWriter, _ *http.Request) {
		reply(w, 200, object{"value": []object{}, "@odata.nextLink": "https://evil.example/v1.0/users/delta"})
	}
	tests := []struct {
		name, at string
		answers  []http.HandlerFunc
		want     string
	}{
		{"users not granted", "/users/delta", repeat(1, denied),
			"application " + standinClient + " may not read users; grant it the application permission User.Read.All of Microsoft Graph and give admin consent (403 Authorization_RequestDenied)"},
		{"one user not granted", "/users/2", repeat(1, denied),
			"application " + standinClient + " may not read users; grant it the application permission User.Read.All of Microsoft Graph and give admin consent (403 Authorization_RequestDenied)"},
		{"groups not granted", "/groups", repeat(1, denied),
			"application " + standinClient + ` may not read the group "sales@b.c"; grant it the application permission GroupMember.Read.All of Microsoft Graph and give admin consent (403 Authorization_RequestDenied)`},
		{"members not granted", "/transitiveMembers", repeat(1, denied),
			"application " + standinClient + ` may not read the members of group "sales@b.c"; grant it the application permission GroupMember.Read.All of Microsoft Graph and give admin consent (403 Authorization_RequestDenied)`},
		{"login not accepted, twice", "/users/delta", repeat(2, refuse(401, "InvalidAuthenticationToken", "bad audience")),
			"the login of application " + standinClient + " is not accepted by Microsoft Graph; check that the cloud is right (401 InvalidAuthenticationToken)"},
		{"a wrong question", "/users/delta", repeat(1, refuse(400, "Request_BadRequest", "Bad\nselect")),
			"read users: Microsoft Graph refused the request: 400 Request_BadRequest: Bad select"},
		{"no JSON", "/users/delta", repeat(1, page), "read users: Microsoft Graph refused the request: 500: Internal Server Error"},
		{"another answer", "/users/delta", repeat(1, func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, []int{1}) }),
			"the answer of URL is not as documented: json: cannot unmarshal array into Go value of type graph.deltaPage"},
		{"no end", "/users/delta", repeat(1, func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, object{"value": []object{}}) }),
			"a page of users of URL names neither a next page nor a delta link"},
		{"a user without id", "/users/delta", repeat(1, func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, object{"value": []object{{"mail": "x"}}}) }),
			"a user in the answer of Microsoft Graph has no id"},
		{"a link elsewhere", "/users/delta", repeat(1, away), "the answer's next link leads away from URL and is not followed"},
		{"throttled for good", "/users/delta", repeat(6, refuse(429, "TooManyRequests", "slow down")),
			"read users: Microsoft Graph refused the request: 429 TooManyRequests: slow down"},
		{"throttled too long", "/users/delta", repeat(1, refuse(429, "TooManyRequests", "slow down", "Retry-After", "3600")),
			"Microsoft Graph refused the request: 429 TooManyRequests: slow down; it asks to wait 1h0m0s"},
		{"one user throttled for good", "/users/2", repeat(6, refuse(429, "TooManyRequests", "slow down")),
			"read users: Microsoft Graph refused the request: 429 TooManyRequests: slow down"},
		{"cut for good", "/users/delta", repeat(6, directorytest.CutOff), "ask URL: unexpected EOF"},
		{"expired tokens without end", "/users/delta", repeat(2, refuse(410, "syncStateNotFound", "")), "the delta token has expired"},
		{"redirected", "/users/delta", repeat(1, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example/", http.StatusFound)
		}), "ask URL: it redirects to https://evil.example, another server; if that is right, write its URL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEntra(t)
			e.set("1", object{"mail": "a@b.c"})
			e.groups[salesID] = object{"id": salesID, "mail": "sales@b.c"}
			g := e.source()
			g.Groups = []string{"sales@b.c"}
			e.waits(g)
			cursor := readGraph(t, g, "").Cursor
			e.set("2", object{"mail": "b@b.c"})
			e.fail(test.at, test.answers...)
			batch, err := directorytest.Read(t.Context(), g, cursor, nil)
			if err == nil {
				t.Fatalf("no error, people %s", directorytest.Addresses(batch.People))
			}
			got := strings.ReplaceAll(err.Error(), e.url, "URL")
			// Graph's own waiting time is told in one place or the other.
			if got != began+test.want && got != began+"read users: "+test.want {
				t.Errorf("got  %s\nwant %s", got, began+test.want)
			}
			if len(batch.People)+len(batch.Gone) > 0 || len(e.faults) > 0 {
				t.Errorf("people %s, %d faults left", directorytest.Addresses(batch.People), len(e.faults))
			}
			if got := readGraph(t, g, cursor); directorytest.Addresses(got.People) != "b@b.c" {
				t.Errorf("the cursor is spoilt: %s", directorytest.Addresses(got.People))
			}
		})
	}
}

func TestGraphConnection(t *testing.T) {
	e := newEntra(t)
	e.set("1", object{"mail": "a@b.c"})
	tests := []struct {
		name   string
		change func(*Source)
		want   string
	}{
		{"an unknown CA", func(g *Source) { g.CAFile = "" },
			"if the server's own CA or an inspecting proxy is meant, name its certificate as ca_file"},
		{"no CA in the file", func(g *Source) { g.CAFile = g.SecretFile }, "has no certificate in PEM; put the CA's certificate there"},
		{"no CA file", func(g *Source) { g.CAFile += "x" }, "read the CA certificates: open"},
		{"nobody there", func(g *Source) { g.GraphURL = "https://127.0.0.1:1" }, "connection refused"},
		{"a slow server", func(g *Source) {
			g.Timeout = 200 * time.Millisecond
			e.fail("/users/delta", repeat(6, func(_ http.ResponseWriter, r *http.Request) {
				<-r.Context().Done()
				panic(http.ErrAbortHandler) // without it an empty answer may reach a client that is slower than its timeout
			})...)
		}, "no whole answer in the time set by timeout; the server or the network is slow"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := e.source()
			test.change(g)
			if err := g.login(); err == nil {
				e.waits(g)
			}
			_, err := directorytest.Read(t.Context(), g, "", nil)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// The end of the context ends a wait at once.
func TestGraphContext(t *testing.T) {
	e := newEntra(t)
	g := e.source()
	ctx, cancel := context.WithCancel(t.Context())
	e.fail("/users/delta", func(w http.ResponseWriter, r *http.Request) {
		refuse(429, "TooManyRequests", "throttled", "Retry-After", "200")(w, r)
		cancel()
	})
	if _, err := directorytest.Read(ctx, g, "", nil); err == nil {
		t.Error("no error")
	}
	if _, err := directorytest.Read(ctx, g, "", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// sts is an error of the login as it comes.
func sts(code int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusUnauthorized, object{
			"error": "invalid_client", "error_codes": []int{code},
			"error_description": fmt.Sprintf("AADSTS%d: %s Trace ID: 7d5e Correlation ID: 8c1f Timestamp: 2026-11-21 08:00:00Z", code, text),
		})
	}
}

func TestGraphLoginRefused(t *testing.T) {
	const renew = "App registrations, " + standinClient + ", Certificates & secrets in the Microsoft Entra admin centre"
	tests := []struct {
		code int
		want string
	}{
		{7000222, "the client secret has expired; make a new one under " + renew + " and put it into FILE"},
		{7000215, "the client secret in FILE is not valid; put the secret's value there, not its ID, from " + renew},
		{700016, "tenant " + standinTenant + " has no such application; check the client and the tenant ID, and that an administrator gave consent"},
		{90002, "there is no tenant " + standinTenant + " in this cloud; check the tenant ID and the cloud"},
		{7000112, "the application is switched off; enable its sign-in under Enterprise applications"},
		{123456, "look the code up at URL/error?code=123456"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.code), func(t *testing.T) {
			e := newEntra(t)
			g := e.source()
			e.fail("/token", sts(test.code, "Some text."))
			_, err := directorytest.Read(t.Context(), g, "", nil)
			if err == nil {
				t.Fatal("no error")
			}
			got := strings.NewReplacer(e.url, "URL", g.SecretFile, "FILE").Replace(err.Error())
			want := fmt.Sprintf("read people from Microsoft Entra ID: log in as application %s: %s (AADSTS%d)", standinClient, test.want, test.code)
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if e.count("/v1.0/") > 0 {
				t.Error("Graph was asked without a login")
			}
			// A secret that is renewed works without a restart.
			if err := os.WriteFile(g.SecretFile, []byte("renewed"), 0o600); err != nil {
				t.Fatal(err)
			}
			readGraph(t, g, "")
			if got := e.logins[0].Get("client_secret"); got != "renewed" {
				t.Errorf("login with %q", got)
			}
		})
	}
}

// A token that is withdrawn before its time is renewed within the reading.
func TestGraphTokenWithdrawn(t *testing.T) {
	e := newEntra(t)
	e.set("1", object{"mail": "a@b.c"})
	g := e.source()
	cursor := readGraph(t, g, "").Cursor
	e.accepted = e.token + 1
	e.set("1", object{"city": "Bonn"})
	if got := readGraph(t, g, cursor); directorytest.Addresses(got.People) != "a@b.c" || len(e.logins) != 2 {
		t.Errorf("people %s, %d logins", directorytest.Addresses(got.People), len(e.logins))
	}
}

func TestGraphSecretFile(t *testing.T) {
	e := newEntra(t)
	file := func(content string, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := []struct {
		name   string
		change func(*Source)
		want   string
	}{
		{"readable by the group", func(g *Source) { g.SecretFile = file("x", 0o640) }, ""},
		{"readable by all", func(g *Source) { g.SecretFile = file("x", 0o644) }, "can be read by every user of this machine; run chmod o= on it, and renew what is in it"},
		{"empty", func(g *Source) { g.SecretFile = file(" \n", 0o600) }, "is empty; put the secret into it"},
		{"two lines", func(g *Source) { g.SecretFile = file("a\nb\n", 0o600) }, "has more than one line; put only the secret into it"},
		{"too long", func(g *Source) { g.SecretFile = file(strings.Repeat("x", 1<<20+1), 0o600) }, "too large: over 1048576 bytes"},
		{"absent", func(g *Source) { g.SecretFile += "x" }, "no such file"},
		{"none", func(g *Source) { g.SecretFile = "" }, "there is neither a client secret nor a certificate; name the file of one"},
		{"both", func(g *Source) { g.CertificateFile = "x" }, "there is a client secret and a certificate; keep one of them"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := e.source()
			test.change(g)
			_, err := directorytest.Read(t.Context(), g, "", nil)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
