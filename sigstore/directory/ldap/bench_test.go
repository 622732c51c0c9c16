package ldap

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory/slapdtest"
)

// manyPeople is how many the benchmarks have; each has a score of attributes.
const manyPeople = 100_000

// manyLDIF are people who were last changed at times a minute apart, as LDIF.
func manyLDIF() string {
	var b strings.Builder
	b.WriteString(units)
	for i := range manyPeople {
		uid := fmt.Sprintf("u%06d", i)
		b.WriteString(strings.TrimSuffix(entryOf(uid,
			"displayName: Person "+uid, "givenName: Person", "title: Clerk of section "+fmt.Sprint(i%100), "ou: Department "+fmt.Sprint(i%50),
			"company: Contoso", "physicalDeliveryOfficeName: Room "+fmt.Sprint(i%1000), "telephoneNumber: +49 228 "+uid[1:], "mobile: +49 170 "+uid[1:],
			"street: Hauptstr. "+fmt.Sprint(i%200), "l: Bonn", "st: NRW", "postalCode: 53111", "employeeNumber: "+uid[1:], "preferredLanguage: de",
			"mail: "+uid+"@contoso.com", "proxyAddresses: SMTP:"+uid+"@contoso.com", "proxyAddresses: smtp:"+uid+"@contoso.de", "userPrincipalName: "+uid+"@contoso.com",
		), "\n"))
		when := time.Date(2025, 1, 1, 0, i, 0, 0, time.UTC)
		b.WriteString("modifyTimestamp: " + when.Format(generalized) + "\n\n")
	}
	return b.String()
}

// One operation reads 100,000 people, or 100 changes among them, from a slapd on this
// machine: over loopback, without TLS, with modifyTimestamp indexed and without.
func BenchmarkLDAP(b *testing.B) {
	slapdtest.Require(b)
	ldif := manyLDIF()
	for _, index := range []string{"modifyTimestamp eq", "none"} {
		s := slapdtest.Start(b, slapdtest.Options{LDIF: ldif, Database: map[bool]string{true: "index " + index + "\n"}[index != "none"]})
		l := sourceOf(b, s)
		cursor := readLDAP(b, l, "").Cursor
		b.Run("full/index="+index, func(b *testing.B) {
			for b.Loop() {
				if batch := readLDAP(b, l, ""); len(batch.People) != manyPeople {
					b.Fatalf("%d people", len(batch.People))
				}
			}
			b.ReportMetric(float64(manyPeople*b.N)/b.Elapsed().Seconds(), "people/s")
		})
		conn := s.Dial(b)
		for i := range 100 {
			change(b, conn, fmt.Sprintf("u%06d", i*997), "title", "Changed")
		}
		b.Run("changes/index="+index, func(b *testing.B) {
			for b.Loop() {
				if batch := readLDAP(b, l, cursor); batch.Full || len(batch.People) < 100 || len(batch.People) > 110 {
					b.Fatalf("full %v, %d people", batch.Full, len(batch.People))
				}
			}
		})
	}
}
