package ldap

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"

	"github.com/go-ldap/ldap/v3"
)

func jsonInto(text string, v any) error { return json.Unmarshal([]byte(text), v) }

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// peopleOf makes people of entries without a server.
func peopleOf(l *Source, entries ...*ldap.Entry) (*reading, []directory.Person) {
	var people directorytest.Kept
	r := &reading{Source: l, now: time.Now(), people: &people}
	p := r.newPersonMaker()
	for _, e := range entries {
		p.add(e) // no error: a list takes everybody
	}
	return r, people
}

func TestLDAPAttributes(t *testing.T) {
	rows := [][2]string{ // LDAP attribute, attribute of a person
		{"displayName", "displayName"}, {"cn", "displayName"}, {"givenName", "givenName"}, {"sn", "surname"},
		{"title", "jobTitle"}, {"department", "department"}, {"ou", "department"}, {"company", "companyName"}, {"o", "companyName"},
		{"physicalDeliveryOfficeName", "officeLocation"}, {"roomNumber", "officeLocation"},
		{"telephoneNumber", "businessPhones"}, {"otherTelephone", "otherTelephone"}, {"mobile", "mobilePhone"},
		{"facsimileTelephoneNumber", "faxNumber"}, {"streetAddress", "streetAddress"}, {"street", "streetAddress"},
		{"l", "city"}, {"st", "state"}, {"postalCode", "postalCode"}, {"co", "country"}, {"c", "country"},
		{"userPrincipalName", "userPrincipalName"}, {"employeeID", "employeeId"}, {"employeeNumber", "employeeId"},
		{"preferredLanguage", "preferredLanguage"}, {"wWWHomePage", "wWWHomePage"}, {"homePhone", "homePhone"},
		{"pager", "pager"}, {"initials", "initials"}, {"info", "info"},
	}
	for i := range 15 {
		name := fmt.Sprint("extensionAttribute", i+1)
		rows = append(rows, [2]string{name, name})
	}
	for _, row := range rows {
		e := ldap.NewEntry("cn=x", map[string][]string{"mail": {"x@b.c"}, strings.ToUpper(row[0]): {" a value "}})
		_, people := peopleOf(New(Options{}), e)
		want := map[string]string{"mail": "x@b.c", row[1]: "a value"}
		if len(people) != 1 || !reflect.DeepEqual(people[0].Attributes, want) {
			t.Errorf("%s: got %+v, want %v", row[0], people, want)
		}
		if !slices.Contains(New(Options{}).wanted(), row[0]) {
			t.Errorf("%s is not asked for", row[0])
		}
	}
	// What Active Directory has counts before what stands in for it.
	e := ldap.NewEntry("cn=x", map[string][]string{"mail": {"x@b.c"}, "cn": {"x"}, "displayName": {"X"}, "c": {"DE"}, "co": {"Germany"}, "ou": {"u"}, "department": {"D"}})
	_, people := peopleOf(New(Options{}), e)
	if a := people[0].Attributes; a["displayName"] != "X" || a["country"] != "Germany" || a["department"] != "D" {
		t.Errorf("got %v", a)
	}
}

func TestLDAPOwnAttributes(t *testing.T) {
	l := New(Options{Photos: true, Groups: []string{"g"}, Attributes: map[string]string{
		"JOBTITLE": "extensionAttribute3", "mail": "gmail", "Pronouns": "extensionAttribute4", "proxyaddresses": "alias", "info": "comment",
	}})
	e := ldap.NewEntry("cn=x", map[string][]string{
		"gmail": {"x@b.c"}, "mail": {"y@b.c"}, "title": {"T"}, "extensionAttribute3": {"Chief"}, "extensionAttribute4": {"they"},
		"alias": {"z@b.c"}, "proxyAddresses": {"smtp:w@b.c"}, "comment": {"hi"}, "info": {"no"},
	})
	_, people := peopleOf(l, e)
	want := directory.Person{Key: "cn=x", Address: "x@b.c", Addresses: []string{"x@b.c", "z@b.c"}, Attributes: map[string]string{
		"mail": "x@b.c", "jobTitle": "Chief", "Pronouns": "they", "info": "hi", "extensionAttribute3": "Chief", "extensionAttribute4": "they",
	}}
	if len(people) != 1 || !reflect.DeepEqual(people[0], want) {
		t.Errorf("got  %+v\nwant %+v", people, want)
	}
	for _, name := range []string{"gmail", "alias", "extensionAttribute3", "comment", "uid", "thumbnailPhoto", "jpegPhoto", "entryUUID", "objectGUID", "modifyTimestamp"} {
		if !slices.Contains(l.wanted(), name) {
			t.Errorf("%s is not asked for", name)
		}
	}
	for _, name := range []string{"mail", "title", "proxyAddresses", "info"} {
		if slices.Contains(l.wanted(), name) {
			t.Errorf("%s is asked for", name)
		}
	}
}

func TestLDAPAddresses(t *testing.T) {
	tests := []struct {
		name          string
		entry         map[string][]string
		want, warning string
	}{
		{"mail", map[string][]string{"mail": {"A@B.c", "b@b.c"}, "userPrincipalName": {"u@b.c"}}, "a@b.c b@b.c", ""},
		{"proxies", map[string][]string{"mail": {"a@b.c"}, "proxyAddresses": {"smtp:x@b.c", "SMTP:A@b.c", "X500:/o=A B/cn=c@d.e", "sip:s@b.c"}}, "a@b.c x@b.c", ""},
		{"marked", map[string][]string{"proxyAddresses": {"smtp:x@b.c", "SMTP:a@b.c"}}, "a@b.c x@b.c", ""},
		{"user principal name", map[string][]string{"userPrincipalName": {"u@b.c"}}, "u@b.c", ""},
		{"alternate", map[string][]string{"mail": {"a@b.c"}, "mailAlternateAddress": {"b@b.c"}, "mailLocalAddress": {"c@b.c"},
			"mailAlternativeAddress": {"d@b.c"}, "gosaMailAlternateAddress": {"e@b.c"}}, "a@b.c b@b.c c@b.c d@b.c e@b.c", ""},
		{"broken", map[string][]string{"mail": {"A <a@b.c>"}, "proxyAddresses": {"smtp:x@b.c"}}, "x@b.c", `cn=x: "A <a@b.c>" is not a mail address and is not used`},
		{"none", map[string][]string{"cn": {"x"}}, "", "cn=x: no mail address; this entry is left out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, people := peopleOf(New(Options{}), ldap.NewEntry("cn=x", test.entry))
			got := ""
			if len(people) > 0 {
				got = strings.Join(people[0].Addresses, " ")
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if got := warningsOf(directorytest.Reading{Batch: directory.Batch{Warnings: r.warnings}}); got != test.warning {
				t.Errorf("warnings %q, want %q", got, test.warning)
			}
		})
	}
}

func TestLDAPDuplicates(t *testing.T) {
	var people directorytest.Kept
	r := &reading{Source: New(Options{}), people: &people}
	p := r.newPersonMaker()
	for _, e := range []*ldap.Entry{
		ldap.NewEntry("cn=one", map[string][]string{"mail": {"one@b.c"}, "proxyAddresses": {"smtp:two@b.c", "smtp:all@b.c"}}),
		ldap.NewEntry("cn=two", map[string][]string{"mail": {"two@b.c"}, "proxyAddresses": {"smtp:all@b.c"}}),
		ldap.NewEntry("cn=three", map[string][]string{"mail": {"ONE@b.c"}}),
	} {
		if err := p.add(e); err != nil {
			t.Fatal(err)
		}
	}
	got := ""
	for _, person := range people {
		got += strings.Join(person.Addresses, " ") + "; "
	}
	if got != "one@b.c two@b.c all@b.c; two@b.c; " || fmt.Sprint(p.unique.Lost) != "map[one@b.c:[two@b.c]]" {
		t.Errorf("got %s, lost %v", got, p.unique.Lost)
	}
	want := []string{
		"cn=one: two@b.c is an address of cn=two (two@b.c) as well and stays there; it is not used for one@b.c",
		"cn=two: all@b.c is an address of cn=one (one@b.c) as well and stays there; it is not used for two@b.c",
		"cn=three: one@b.c is the primary address of cn=one as well; this entry is left out",
	}
	if got := warningsOf(directorytest.Reading{Batch: directory.Batch{Warnings: r.warnings}}); got != strings.Join(want, "\n") {
		t.Errorf("warnings:\n%s", got)
	}
	if !slices.Equal(p.gone, []string{"cn=three"}) {
		t.Errorf("gone are %q", p.gone)
	}
}

func TestLDAPResume(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ad := rootEntry{base: "dc=b", activeDirectory: true, copy: "dc1 4711", usn: 100}
	generic := rootEntry{base: "dc=b"}
	tests := []struct {
		name   string
		root   rootEntry
		change func(*position, *Source)
		want   bool
	}{
		{"times", generic, func(*position, *Source) {}, true},
		{"numbers", ad, func(*position, *Source) {}, true},
		{"full pass due", generic, func(c *position, _ *Source) { c.Full = now.Add(-time.Hour) }, false},
		{"full pass due by setting", generic, func(_ *position, l *Source) { l.FullEvery = time.Minute }, false},
		{"clock set back", generic, func(c *position, _ *Source) { c.Full = now.Add(time.Minute) }, false},
		{"clock set back since the last", generic, func(c *position, _ *Source) { c.At = now.Add(time.Minute) }, false},
		{"no mark", generic, func(c *position, _ *Source) { c.Mark = time.Time{} }, false},
		{"another filter", generic, func(_ *position, l *Source) { l.Filter = "(cn=*)" }, false},
		{"other attributes", generic, func(_ *position, l *Source) { l.Attributes = map[string]string{"a": "b"} }, false},
		{"photos as well", ad, func(_ *position, l *Source) { l.Photos = true }, false},
		{"another controller", ad, func(c *position, _ *Source) { c.Copy = "dc2 4712" }, false},
		{"put back from a backup", ad, func(c *position, _ *Source) { c.USN = 101 }, false},
		{"no numbers", ad, func(c *position, _ *Source) { c.USN = 0 }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := New(Options{})
			r := &reading{Source: l, root: test.root, now: now}
			c := position{Asked: r.asked(), Full: now.Add(-10 * time.Minute), At: now.Add(-time.Minute), Mark: now.Add(-time.Minute), Copy: "dc1 4711", USN: 99}
			test.change(&c, l)
			if _, ok := r.resume(jsonOf(t, c)); ok != test.want {
				t.Errorf("goes on %v, want %v", ok, test.want)
			}
		})
	}
	for _, cursor := range []string{"", "{}", "delta-token", `{"full":7}`} {
		r := &reading{Source: New(Options{}), root: generic, now: now}
		if _, ok := r.resume(cursor); ok {
			t.Errorf("goes on from %q", cursor)
		}
	}
}

// The mark never passes what the server's clock may still write into a change.
func TestLDAPMark(t *testing.T) {
	start := time.Now()
	at := func(d time.Duration) time.Time { return start.Add(d) }
	tests := []struct {
		name            string
		elapsed, newest time.Time
		want            time.Time // at most a second below is good as well
	}{
		{"first", time.Time{}, at(-time.Hour), at(-time.Hour)},
		{"nothing new", at(-time.Hour), time.Time{}, at(-time.Hour)},
		{"newer", at(-time.Hour), at(-time.Minute), at(-time.Minute)},
		{"read again", at(-time.Minute), at(-time.Hour), at(-time.Minute)},
		{"a clock ahead", at(-time.Minute), at(time.Hour), start},
	}
	for _, test := range tests {
		r := &reading{Source: New(Options{}), now: start, newest: test.newest}
		if got := r.mark(test.elapsed); got.After(test.want) || test.want.Sub(got) > time.Second {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	before := position{At: at(-time.Minute), Mark: at(-time.Hour)}
	if got := (&reading{now: start}).elapsed(before); !got.Equal(at(-59 * time.Minute)) {
		t.Errorf("a minute later: %v", got)
	}
	if got := (&reading{Source: New(Options{}), now: start}).mark(time.Time{}); !got.IsZero() {
		t.Errorf("no times at all: %v", got)
	}
}

func TestParseGeneralized(t *testing.T) {
	want := time.Date(2026, 3, 1, 12, 30, 59, 0, time.UTC)
	for _, good := range []string{"20260301123059Z", "20260301123059.0Z", "20260301123059,123456Z"} {
		if got, ok := parseGeneralized(good); !ok || !got.Equal(want) {
			t.Errorf("%s: %v, %v", good, got, ok)
		}
	}
	for _, bad := range []string{"", "Z", ".Z", "2026", "20260301123059", "20261301123059Z"} {
		if got, ok := parseGeneralized(bad); ok {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

func TestFoldDN(t *testing.T) {
	want := foldDN("cn=a\\, b,ou=people,dc=b")
	for _, same := range []string{"CN=A\\2C B,OU=People,DC=b", "cn = a\\, b , ou=people, dc=b"} {
		if got := foldDN(same); got != want {
			t.Errorf("%s: %q, want %q", same, got, want)
		}
	}
	if got := foldDN("No DN"); got != "no dn" {
		t.Errorf("got %q", got)
	}
}

func TestLDAPServerURLs(t *testing.T) {
	good := map[string]endpoint{
		"ldaps://dc1.contoso.com":       {"tcp", "dc1.contoso.com:636", "dc1.contoso.com", true},
		"ldap://dc1.contoso.com/":       {"tcp", "dc1.contoso.com:389", "dc1.contoso.com", false},
		"ldap://[::1]:3389":             {"tcp", "[::1]:3389", "::1", false},
		"ldapi:///run/slapd/ldapi":      {"unix", "/run/slapd/ldapi", "", false},
		"ldapi://%2Frun%2Fslapd%2Fsock": {"unix", "/run/slapd/sock", "", false},
	}
	for text, want := range good {
		if got, err := parseEndpoint(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "dc1.contoso.com", "dc1:636", "https://dc1", "ldap://", "ldap://dc1/dc=contoso,dc=com", "ldap://u:p@dc1", "ldapi://slapd", "ldap://dc1:x"} {
		if err := CheckServer(bad); err == nil {
			t.Errorf("%q is taken for a server", bad)
		}
	}
	near := map[string]bool{"ldap://localhost": true, "ldap://127.0.0.2": true, "ldap://[::1]": true, "ldapi:///s": true, "ldap://10.0.0.1": false, "ldap://localhost.contoso.com": false}
	for text, want := range near {
		s, err := parseEndpoint(text)
		if err != nil || s.near() != want {
			t.Errorf("%s is on this machine: %v, %v", text, s.near(), err)
		}
	}
}

func TestLDAPErrors(t *testing.T) {
	result := func(code uint16, text string) error { return ldap.NewError(code, errors.New(text)) }
	tests := []struct {
		err     error
		want    string
		refused bool
	}{
		{result(49, ""), "the name or the password is wrong", true},
		{result(49, "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data 52e, v4563\x00"), "the password is wrong: check password_file", true},
		{result(49, "AcceptSecurityContext error, data 532, v1"), "the password has expired", true},
		{result(49, "AcceptSecurityContext error, data 533, v1"), "the account is disabled", true},
		{result(49, "AcceptSecurityContext error, data 775, v1"), "the account is locked", true},
		{result(49, "AcceptSecurityContext error, data fff, v1"), "the name or the password is wrong", true},
		{result(1, "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563"), "set bind_dn and password_file", false},
		{result(8, "The server requires binds to turn on integrity checking"), "the server wants TLS", false},
		{result(13, "TLS required"), "the server wants TLS", false},
		{result(50, ""), "give bind_dn the right to read people", false},
		{result(10, ""), "refers to another one", false},
		{result(80, "odd"), "odd", false},
		{&noTLSError{result(2, "unsupported extended operation")}, "the server does not start TLS", false},
		{result(ldap.ErrorNetwork, "ldap: connection timed out"), "the server did not answer within 7s", false},
		{result(ldap.ErrorNetwork, "unable to read LDAP response packet: unexpected EOF"), "the server closed the connection", false},
		{x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: x509.Expired}, "renew it", false},
	}
	for _, test := range tests {
		err := explain(test.err, "bind", 7*time.Second)
		if text := err.Error(); !strings.HasPrefix(text, "bind: ") || !strings.Contains(text, test.want) || strings.ContainsAny(text, "\n\x00") {
			t.Errorf("%v:\n%s\nwant %s", test.err, text, test.want)
		}
		var refused *refusedError
		if errors.As(err, &refused) != test.refused {
			t.Errorf("%v: refused %v", test.err, !test.refused)
		}
	}
}
