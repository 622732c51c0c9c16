package policy

import (
	"net/mail"
	"slices"
	"strings"

	"sigmilter/milter/entity"
)

// candidate is an address whose person's signature a message may carry.
type candidate struct {
	address string
	of      string // where it is from, with a blank before; empty for the From field
}

// candidates are the addresses whose persons are asked for, in order:
//
//  1. the From field's, as [origin] has them;
//  2. the Sender field's, where it is believed, which Exchange Online adds when
//     somebody sends on behalf of another mailbox; with [Tenant.BySender] it comes
//     first;
//  3. the tenant's default person.
//
// An address with a plus part is followed by the mailbox it belongs to.
func (t *Tenant) candidates(from, sender []string) []candidate {
	all := spelled(from, "")
	if by := spelled(sender, " of the Sender field"); t.BySender {
		all = append(by, all...)
	} else {
		all = append(all, by...)
	}
	if t.DefaultPerson != "" {
		all = append(all, candidate{t.DefaultPerson, ", the default person"})
	}
	return all
}

func spelled(addresses []string, of string) []candidate {
	var all []candidate
	for _, a := range addresses {
		all = append(all, candidate{a, of})
		if mailbox, ok := withoutPlus(a); ok {
			all = append(all, candidate{mailbox, of + " without the plus part"})
		}
	}
	return all
}

// withoutPlus is an address without the part that plus addressing adds to its
// mailbox, and whether there is one: alice+news@contoso.com belongs to
// alice@contoso.com. Exchange Online takes all after the first plus for it.
func withoutPlus(address string) (string, bool) {
	at := strings.LastIndexByte(address, '@')
	if plus := strings.IndexByte(address, '+'); plus > 0 && plus < at {
		return address[:plus] + address[at:], true
	}
	return address, false
}

// author finds the person whose signature the message carries: the first of the
// candidates whom the directory has, or one made from the From field when the
// tenant has a template for that. It is nil when there is nobody. Addresses
// outside the tenant are passed over, also when another tenant has them.
func (m *message) author(d *Decision, from []string, people People) (*Person, error) {
	t, trace := m.tenant, m.facts.Trace
	tried, inFrom := set{}, setOf(from)
	for _, c := range t.candidates(from, senderOf(m.header)) {
		if tried.has(c.address) {
			continue
		}
		tried[c.address] = struct{}{}
		if !t.has(c.address) {
			trace.step("author", true, "%s%s is outside the tenant", c.address, c.of)
			continue
		}
		person, found, err := people.Find(t.Name, c.address)
		if err != nil {
			d.Author = c.address
			trace.step("author", false, "the directory could not be asked for %s", c.address)
			return nil, err
		}
		if found {
			d.Author = c.address
			if trace != nil { // nearly never, and the words would be allocated for nothing
				trace.step("author", true, "%s%s is %s", c.address, c.of, person.Address)
			}
			return person, nil
		}
		if inFrom.has(c.address) {
			m.unlisted = append(m.unlisted, c.address)
		}
		trace.step("author", true, "the directory does not have %s%s", c.address, c.of)
	}
	if t.DefaultTemplate == "" {
		trace.step("author", false, "the directory has nobody whose signature it could be")
		return nil, nil
	}
	trace.step("author", true, "nobody, so that the default template %s stands for signatures", t.DefaultTemplate)
	return unlisted(m.facts.Header, d.Author), nil
}

// has says whether an address is in one of the tenant's domains.
func (t *Tenant) has(address string) bool { return slices.Contains(t.Domains, domainOf(address)) }

// unlisted is a person made of what the From field says of an address.
func unlisted(h entity.Header, address string) *Person {
	p := &Person{Address: address, Addresses: []string{address}, Attributes: map[string]string{"mail": address}, Unlisted: true}
	parser := mail.AddressParser{WordDecoder: entity.WordDecoder()}
	list, _ := parser.ParseList(h.Get("From")) // one that is no list has no name
	for _, a := range list {
		if canonical(a.Address) == address && a.Name != "" {
			p.Attributes["displayName"] = a.Name
		}
	}
	return p
}
