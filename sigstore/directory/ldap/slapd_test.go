package ldap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/directory/slapdtest"
)

var _ directory.Source = (*Source)(nil)

const people = "ou=people," + slapdtest.Base

const units = "dn: " + people + "\nobjectClass: organizationalUnit\nou: people\n\n" +
	"dn: ou=groups," + slapdtest.Base + "\nobjectClass: organizationalUnit\nou: groups\n\n"

// entryOf is a person as LDIF.
func entryOf(uid string, lines ...string) string {
	text := "dn: uid=" + uid + "," + people + "\nobjectClass: inetOrgPerson\nobjectClass: sigmilterPerson\nuid: " + uid + "\ncn: " + uid + "\nsn: " + uid + "\n"
	for _, line := range lines {
		text += line + "\n"
	}
	return text + "\n"
}

// groupOf is a group as LDIF.
func groupOf(cn, class string, members ...string) string {
	return "dn: cn=" + cn + ",ou=groups," + slapdtest.Base + "\nobjectClass: " + class + "\ncn: " + cn + "\n" + strings.Join(members, "\n") + "\n\n"
}

func member(uid string) string { return "member: uid=" + uid + "," + people }

// secretFile is a file with a password.
func secretFile(t testing.TB, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func sourceOf(t testing.TB, s *slapdtest.Server) *Source {
	return New(Options{Servers: []string{s.URL}, BindDN: slapdtest.Admin, PasswordFile: secretFile(t, slapdtest.Password+"\n")})
}

// readLDAP reads without an error.
func readLDAP(t testing.TB, l *Source, cursor string) directorytest.Reading {
	t.Helper()
	batch, err := directorytest.Read(t.Context(), l, cursor, nil)
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func byAddress(t testing.TB, batch directorytest.Reading, address string) directory.Person {
	t.Helper()
	for _, p := range batch.People {
		if p.Address == address {
			return p
		}
	}
	t.Fatalf("%s is not among %s", address, directorytest.Addresses(batch.People))
	return directory.Person{}
}

func change(t testing.TB, conn *ldap.Conn, uid, attribute string, values ...string) {
	t.Helper()
	request := ldap.NewModifyRequest("uid="+uid+","+people, nil)
	request.Replace(attribute, values)
	if err := conn.Modify(request); err != nil {
		t.Fatal(err)
	}
}

func warningsOf(batch directorytest.Reading) string {
	var lines []string
	for _, w := range batch.Warnings {
		lines = append(lines, w.Error())
	}
	return strings.Join(lines, "\n")
}

func TestLDAPFull(t *testing.T) {
	var ldif strings.Builder
	ldif.WriteString(units)
	for i := range 25 {
		ldif.WriteString(entryOf(fmt.Sprintf("u%02d", i), fmt.Sprintf("mail: U%02d@contoso.com", i)))
	}
	ldif.WriteString(entryOf("alice", "displayName: Alice Müller", "mail: alice@contoso.com", "mail: am@contoso.com",
		"proxyAddresses: smtp:sales@contoso.com", "title: Head", "title: Second", "street: Hauptstr. 1",
		"telephoneNumber: +49 228 1", "telephoneNumber: +49 228 2", "l:  Bonn", "note:: /w=="))
	ldif.WriteString(entryOf("nobody"))
	s := slapdtest.Start(t, slapdtest.Options{LDIF: ldif.String()})
	l := sourceOf(t, s)
	l.PageSize = 10
	l.Attributes = map[string]string{"note": "note", "shortName": "uid"}
	most := 0
	batch, err := directorytest.Read(t.Context(), l, "", func(read, _ int) { most = read })
	if err != nil {
		t.Fatal(err)
	}
	if !batch.Full || len(batch.People) != 26 || most != 26 || batch.Groups != nil {
		t.Fatalf("full %v, %d people, progress to %d, groups %v", batch.Full, len(batch.People), most, batch.Groups)
	}
	alice := byAddress(t, batch, "alice@contoso.com")
	if len(alice.Key) != 36 {
		t.Errorf("key %q is no UUID", alice.Key)
	}
	alice.Key = ""
	want := directory.Person{
		Address:   "alice@contoso.com",
		Addresses: []string{"alice@contoso.com", "am@contoso.com", "sales@contoso.com"},
		Attributes: map[string]string{
			"displayName": "Alice Müller", "mail": "alice@contoso.com", "surname": "alice", "jobTitle": "Head", "shortName": "alice",
			"streetAddress": "Hauptstr. 1", "businessPhones": "+49 228 1, +49 228 2", "city": "Bonn",
		},
	}
	if !reflect.DeepEqual(alice, want) {
		t.Errorf("got  %+v\nwant %+v", alice, want)
	}
	if got := warningsOf(batch); got != "uid=alice,"+people+": note is not UTF-8 and is not used" {
		t.Errorf("warnings: %s", got)
	}
}

// quiet is a cursor as it is some time after the last change, with nobody left to be
// read again because of the overlap.
func quiet(t testing.TB, cursor string) string {
	t.Helper()
	var c position
	if err := jsonInto(cursor, &c); err != nil {
		t.Fatal(err)
	}
	c.Mark = c.Mark.Add(overlap + 2*time.Second)
	return jsonOf(t, c)
}

func TestLDAPChanges(t *testing.T) {
	s := slapdtest.Start(t, slapdtest.Options{LDIF: units + old(entryOf("alice", "mail: alice@contoso.com")) +
		old(entryOf("bob", "mail: bob@contoso.com")) + old(entryOf("carol", "mail: carol@contoso.com"))})
	conn := s.Dial(t)
	l := sourceOf(t, s)
	full := readLDAP(t, l, "")
	alice, bob := byAddress(t, full, "alice@contoso.com").Key, byAddress(t, full, "bob@contoso.com").Key

	change(t, conn, "alice", "title", "Head")
	change(t, conn, "bob", "mail") // no longer a person of the filter
	batch := readLDAP(t, l, quiet(t, full.Cursor))
	if batch.Full || directorytest.Addresses(batch.People) != "alice@contoso.com" || byAddress(t, batch, "alice@contoso.com").Attributes["jobTitle"] != "Head" {
		t.Errorf("full %v, people %+v", batch.Full, batch.People)
	}
	if !slices.Contains(batch.Gone, bob) || slices.Contains(batch.Gone, alice) {
		t.Errorf("gone are %q, want %s", batch.Gone, bob)
	}

	// Another name in the tree is the same person.
	if err := conn.ModifyDN(ldap.NewModifyDNRequest("uid=alice,"+people, "uid=alicia", true, "")); err != nil {
		t.Fatal(err)
	}
	change(t, conn, "alicia", "mail", "alicia@contoso.com")
	batch = readLDAP(t, l, batch.Cursor)
	if got := byAddress(t, batch, "alicia@contoso.com").Key; batch.Full || got != alice {
		t.Errorf("full %v, key %q, want %q", batch.Full, got, alice)
	}

	// A deleted entry is noticed by the full pass.
	if err := conn.Del(ldap.NewDelRequest("uid=carol,"+people, nil)); err != nil {
		t.Fatal(err)
	}
	l.FullEvery = time.Nanosecond
	batch = readLDAP(t, l, batch.Cursor)
	if !batch.Full || directorytest.Addresses(batch.People) != "alicia@contoso.com" {
		t.Errorf("full %v, people %s", batch.Full, directorytest.Addresses(batch.People))
	}
}

// Who is changed so that there is no address left for him is gone.
func TestLDAPChangedToNobody(t *testing.T) {
	ldif := units
	for _, uid := range []string{"alice", "bob", "carol"} {
		ldif += old(entryOf(uid, "mail: "+uid+"@contoso.com"))
	}
	s := slapdtest.Start(t, slapdtest.Options{LDIF: ldif})
	conn := s.Dial(t)
	l := sourceOf(t, s)
	full := readLDAP(t, l, "")
	change(t, conn, "alice", "title", "Head")
	change(t, conn, "bob", "mail", "Alice@contoso.com")
	change(t, conn, "carol", "mail", "carol")
	batch := readLDAP(t, l, quiet(t, full.Cursor))
	if directorytest.Addresses(batch.People) != "alice@contoso.com" || len(batch.Warnings) != 3 {
		t.Errorf("people %s, warnings\n%s", directorytest.Addresses(batch.People), warningsOf(batch))
	}
	for _, who := range []string{"bob", "carol"} {
		if !slices.Contains(batch.Gone, byAddress(t, full, who+"@contoso.com").Key) {
			t.Errorf("%s is not among the gone %q", who, batch.Gone)
		}
	}
}

// old gives an entry a time of change long ago, so that only later ones are new.
func old(ldif string) string {
	return strings.TrimSuffix(ldif, "\n") + "modifyTimestamp: 20200101000000Z\n\n"
}

// Readings after a quiet time ask only for what is new since, not for everybody who was
// changed last.
func TestLDAPMarkMovesOn(t *testing.T) {
	s := slapdtest.Start(t, slapdtest.Options{LDIF: units + entryOf("alice", "mail: alice@contoso.com")})
	l := sourceOf(t, s)
	full := readLDAP(t, l, "")
	again := readLDAP(t, l, full.Cursor)
	if again.Full || len(again.People) != 1 {
		t.Errorf("within the overlap: full %v, %d people, want one", again.Full, len(again.People))
	}
	if batch := readLDAP(t, l, quiet(t, again.Cursor)); batch.Full || len(batch.People) != 0 {
		t.Errorf("behind the overlap: full %v, %d people, want none", batch.Full, len(batch.People))
	}
}

func TestLDAPGroups(t *testing.T) {
	ldif := units
	for _, uid := range []string{"alice", "bob", "carol", "dave", "erin"} {
		ldif += old(entryOf(uid, "mail: "+uid+"@contoso.com"))
	}
	inner := func(cn string) string { return "member: cn=" + cn + ",ou=groups," + slapdtest.Base }
	ldif += groupOf("Sales", "groupOfNames", member("ALICE"), inner("Sales West"), inner("Nobody")) +
		groupOf("Sales West", "groupOfNames", member("bob"), inner("Sales"), inner("Sales South")) +
		groupOf("Sales South", "groupOfUniqueNames", "uniqueMember: uid=carol,"+people) +
		groupOf("unix", "posixGroup", "gidNumber: 7", "memberUid: dave", "memberUid: absent")
	s := slapdtest.Start(t, slapdtest.Options{LDIF: ldif})
	conn := s.Dial(t)
	l := sourceOf(t, s)
	l.Groups = []string{"sales", "unix", "CN=Sales South,OU=Groups," + slapdtest.Base, "absent"}

	batch := readLDAP(t, l, "")
	key := map[string]string{}
	for _, p := range batch.People {
		key[p.Key] = strings.TrimSuffix(p.Address, "@contoso.com")
	}
	inGroup := func(batch directorytest.Reading, name string) string {
		t.Helper()
		for _, g := range batch.Groups {
			if g.Name == name {
				var uids []string
				for _, k := range g.Members {
					uids = append(uids, key[k])
				}
				slices.Sort(uids)
				return strings.Join(uids, " ")
			}
		}
		t.Fatalf("no group %s in %v", name, batch.Groups)
		return ""
	}
	check := func(batch directorytest.Reading, want ...string) {
		t.Helper()
		for i, name := range l.Groups {
			if got := inGroup(batch, name); got != want[i] {
				t.Errorf("%s has %q, want %q", name, got, want[i])
			}
		}
	}
	check(batch, "alice bob carol", "dave", "carol", "")
	if got := warningsOf(batch); !strings.Contains(got, `there is no group "absent"`) {
		t.Errorf("warnings: %s", got)
	}

	// A change of a group alone, which changes nobody's own entry.
	request := ldap.NewModifyRequest("cn=Sales South,ou=groups,"+slapdtest.Base, nil)
	request.Add("uniqueMember", []string{"uid=erin," + people, "uid=gone," + people})
	if err := conn.Modify(request); err != nil {
		t.Fatal(err)
	}
	batch = readLDAP(t, l, quiet(t, batch.Cursor))
	if batch.Full || len(batch.People) != 0 {
		t.Fatalf("full %v, people %s", batch.Full, directorytest.Addresses(batch.People))
	}
	check(batch, "alice bob carol erin", "dave", "carol erin", "")
	if len(batch.Warnings) > 0 {
		t.Errorf("told again: %s", warningsOf(batch))
	}

	// After a restart the table of members is not there; many members take another way.
	restarted := *l
	restarted.members = nil
	check(readLDAP(t, &restarted, batch.Cursor), "alice bob carol erin", "dave", "carol erin", "")
	request = ldap.NewModifyRequest("cn=unix,ou=groups,"+slapdtest.Base, nil)
	var many []string
	for i := range 2 * fewMembers {
		many = append(many, fmt.Sprintf("absent%d", i))
	}
	request.Add("memberUid", append(many, "bob"))
	if err := conn.Modify(request); err != nil {
		t.Fatal(err)
	}
	check(readLDAP(t, l, batch.Cursor), "alice bob carol erin", "bob dave", "carol erin", "")
}

func TestLDAPGroupsOfOneName(t *testing.T) {
	ldif := units + entryOf("alice", "mail: alice@contoso.com") + entryOf("bob", "mail: bob@contoso.com") + groupOf("Sales", "groupOfNames", member("alice")) +
		strings.Replace(groupOf("Sales", "groupOfNames", member("bob")), "ou=groups", "ou=people", 1)
	l := sourceOf(t, slapdtest.Start(t, slapdtest.Options{LDIF: ldif}))
	l.Groups = []string{"Sales"}
	batch := readLDAP(t, l, "")
	if len(batch.Groups) != 1 || len(batch.Groups[0].Members) != 2 || !strings.Contains(warningsOf(batch), `"Sales" is that of 2 groups`) {
		t.Errorf("%+v, %s", batch.Groups, warningsOf(batch))
	}
}

func TestLDAPPhotos(t *testing.T) {
	jpeg := append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF"), make([]byte, 100)...)
	s := slapdtest.Start(t, slapdtest.Options{LDIF: units + entryOf("alice", "mail: alice@contoso.com") + entryOf("bob", "mail: bob@contoso.com")})
	conn := s.Dial(t)
	change(t, conn, "alice", "jpegPhoto", string(jpeg))
	change(t, conn, "bob", "jpegPhoto", string(append(jpeg, make([]byte, maxPhoto)...)))
	l := sourceOf(t, s)
	if batch := readLDAP(t, l, ""); byAddress(t, batch, "alice@contoso.com").Photo != nil || len(batch.Warnings) > 0 {
		t.Errorf("a photo that was not asked for; %s", warningsOf(batch))
	}
	l.Photos = true
	batch := readLDAP(t, l, "")
	if !bytes.Equal(byAddress(t, batch, "alice@contoso.com").Photo, jpeg) || byAddress(t, batch, "bob@contoso.com").Photo != nil {
		t.Error("not the photos of the directory")
	}
	if got := warningsOf(batch); got != "uid=bob,"+people+": jpegPhoto has 5000110 bytes, more than 5000000, and is not used" {
		t.Errorf("warnings: %s", got)
	}
}

// Referrals within the tree are left out, with one warning.
func TestLDAPReferrals(t *testing.T) {
	ldif := units + entryOf("alice", "mail: alice@contoso.com")
	for _, ou := range []string{"one", "two"} {
		ldif += "dn: ou=" + ou + "," + slapdtest.Base + "\nobjectClass: referral\nobjectClass: extensibleObject\nou: " + ou +
			"\nref: ldap://" + ou + ".contoso.com/ou=" + ou + "," + slapdtest.Base + "\n\n"
	}
	batch := readLDAP(t, sourceOf(t, slapdtest.Start(t, slapdtest.Options{LDIF: ldif})), "")
	if directorytest.Addresses(batch.People) != "alice@contoso.com" || len(batch.Warnings) != 1 || !strings.Contains(warningsOf(batch), "referrals to other servers, such as ldap://one.contoso.com/") {
		t.Errorf("people %s, warnings %s", directorytest.Addresses(batch.People), warningsOf(batch))
	}
}

func TestLDAPConnections(t *testing.T) {
	s := slapdtest.Start(t, slapdtest.Options{LDIF: units + entryOf("alice", "mail: alice@contoso.com")})
	named := strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
	tests := []struct {
		name   string
		change func(*Source)
		want   string // in the error; empty: none
	}{
		{"plain on this machine", func(*Source) {}, ""},
		{"unix socket", func(l *Source) { l.Servers = []string{s.URLLocal} }, ""},
		{"anonymous", func(l *Source) { l.BindDN, l.PasswordFile = "", "" }, ""},
		{"StartTLS", func(l *Source) { l.TLS, l.CAFile = StartTLS, s.CAFile }, ""},
		{"ldaps", func(l *Source) { l.Servers, l.CAFile = []string{s.URLTLS}, s.CAFile }, ""},
		{"ldaps, server name", func(l *Source) {
			l.Servers, l.CAFile, l.ServerName = []string{strings.Replace(s.URLTLS, "127.0.0.1", "localhost", 1)}, s.CAFile, "ldap.contoso.com"
		}, ""},
		{"authority not known", func(l *Source) { l.Servers = []string{s.URLTLS} }, "set ca_file"},
		{"StartTLS, authority not known", func(l *Source) { l.TLS = StartTLS }, "set ca_file"},
		{"certificate of another name", func(l *Source) {
			l.Servers, l.CAFile, l.TLS = []string{named}, s.CAFile, StartTLS
		}, "another name: write one of its names in servers, or set server_name (x509: certificate is valid for ldap.contoso.com, not localhost)"},
		{"no CA file", func(l *Source) { l.TLS, l.CAFile = StartTLS, "/absent.pem" }, "read ca_file: open /absent.pem"},
		{"wrong password", func(l *Source) { l.PasswordFile = secretFile(t, "wrong") }, "bind as cn=admin,dc=contoso,dc=com: the name or the password is wrong: check bind_dn and password_file"},
		{"no password file", func(l *Source) { l.PasswordFile = "/absent" }, "read password_file: open /absent"},
		{"bad bind DN", func(l *Source) { l.BindDN = "admin" }, "this is no distinguished name"},
		{"no such base", func(l *Source) { l.Base = "ou=absent," + slapdtest.Base }, "check base"},
		{"bad filter", func(l *Source) { l.Filter = "(&(a=b)" }, "filter is not a valid LDAP filter"},
		{"nobody listens", func(l *Source) { l.Servers = []string{"ldap://127.0.0.1:1"} }, "nothing listens there"},
		{"the second server", func(l *Source) { l.Servers = []string{"ldap://127.0.0.1:1", s.URL} }, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := sourceOf(t, s)
			test.change(l)
			batch, err := directorytest.Read(t.Context(), l, "", nil)
			if test.want == "" {
				if err != nil || directorytest.Addresses(batch.People) != "alice@contoso.com" {
					t.Errorf("people %s, %v", directorytest.Addresses(batch.People), err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") ||
				!strings.HasPrefix(err.Error(), "read people from "+l.Servers[0]+": ") {
				t.Errorf("error is  %v\nwant      %s", err, test.want)
			}
		})
	}
}

func TestLDAPRights(t *testing.T) {
	s := slapdtest.Start(t, slapdtest.Options{
		LDIF:     units + entryOf("alice", "mail: alice@contoso.com", "userPassword: pw") + entryOf("bob", "mail: bob@contoso.com"),
		Database: "sizelimit 1\naccess to dn.subtree=\"ou=groups," + slapdtest.Base + "\" by * search\naccess to * by anonymous auth by users read\n",
	})
	l := sourceOf(t, s)
	l.BindDN, l.PasswordFile = "uid=alice,"+people, secretFile(t, "pw")
	if _, err := directorytest.Read(t.Context(), l, "", nil); err == nil || !strings.Contains(err.Error(), "size limit") || !strings.Contains(err.Error(), "limits dn.exact") {
		t.Errorf("size limit: %v", err)
	}
	l.Base, l.BindDN = slapdtest.Base, ""
	if _, err := directorytest.Read(t.Context(), l, "", nil); err == nil || !strings.Contains(err.Error(), "bind_dn") {
		t.Errorf("without a name: %v", err)
	}
	l = sourceOf(t, s)
	l.Base = "ou=groups," + slapdtest.Base
	batch := readLDAP(t, l, "")
	if !batch.Full || len(batch.People) != 0 || !strings.Contains(warningsOf(batch), "nobody below it matches") {
		t.Errorf("nobody there: %+v", batch)
	}
}

// The server that answered is asked first the next time.
func TestLDAPServersInOrder(t *testing.T) {
	ldif := units + entryOf("alice", "mail: alice@contoso.com")
	first, second := slapdtest.Start(t, slapdtest.Options{LDIF: ldif}), slapdtest.Start(t, slapdtest.Options{LDIF: ldif})
	l := sourceOf(t, first)
	l.Servers = append(l.Servers, second.URL)
	readLDAP(t, l, "")
	if l.last != first.URL {
		t.Errorf("read from %s, want %s", l.last, first.URL)
	}
	first.Stop()
	readLDAP(t, l, "")
	if got := l.order(); got[0] != second.URL || len(got) != 2 {
		t.Errorf("order is %q", got)
	}
	second.Stop()
	if _, err := directorytest.Read(t.Context(), l, "", nil); err == nil || strings.Count(err.Error(), "nothing listens there") != 2 || strings.Contains(err.Error(), "\n") {
		t.Errorf("both stopped: %v", err)
	}
}

func TestLDAPCancelled(t *testing.T) {
	var ldif strings.Builder
	ldif.WriteString(units)
	for i := range 50 {
		ldif.WriteString(entryOf(fmt.Sprint("u", i), fmt.Sprintf("mail: u%d@contoso.com", i)))
	}
	l := sourceOf(t, slapdtest.Start(t, slapdtest.Options{LDIF: ldif.String()}))
	l.PageSize = 5
	ctx, cancel := context.WithCancel(t.Context())
	_, err := directorytest.Read(ctx, l, "", func(read, _ int) {
		if read == 5 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
