package config

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/milter/policy"
)

// defaultRoutingField is that of a tenant with a routing code.
const defaultRoutingField = "X-Sigmilter-Route"

// unprovenWords are the choices of unproven.
var unprovenWords = map[string]policy.Verdict{"pass": policy.Pass, "refuse": policy.Refuse, "tempfail": policy.Defer}

var (
	networks     = tomltree.NewKind("a network", `"40.92.0.0/15"`, parseNetwork)
	requirements = tomltree.NewKind("a requirement", `"routing" or "routing or dkim"`, parseRequirement)
)

// parseNetwork reads a network or a single address.
func parseNetwork(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, errors.New("it is no address with the length of its prefix")
	}
	if p.Masked() != p {
		return p, fmt.Errorf("it has bits beyond its prefix, %s has not", p.Masked())
	}
	return p, nil
}

func parseRequirement(s string) ([]string, error) {
	oneOf := strings.Split(s, " or ")
	for i, name := range oneOf {
		name = strings.TrimSpace(name)
		if !slices.ContainsFunc(policy.ProofKinds, func(k policy.ProofKind) bool { return k.Name == name }) {
			return nil, errors.New("there are only " + strings.Join(proofNames(), ", "))
		}
		oneOf[i] = name
	}
	return oneOf, nil
}

func proofNames() (names []string) {
	for _, k := range policy.ProofKinds {
		names = append(names, k.Name)
	}
	return names
}

// routingFields refuses names that mail needs for something else, because the field
// is removed from every message.
func (c *Config) routingFields() tomltree.Kind[string] {
	return tomltree.NewKind("a field name", `"`+defaultRoutingField+`"`, func(s string) (string, error) {
		name, err := parseFieldName(s)
		guard := func(g string) bool { return strings.EqualFold(g, name) }
		lower := strings.ToLower(name)
		if err != nil {
			return "", err
		}
		if !strings.HasPrefix(lower, "x-") || strings.HasPrefix(lower, "x-ms-") {
			return "", errors.New("it must begin with X-, and not with X-MS-, for it is removed from every message")
		}
		if guard(c.Guard.Field) || slices.ContainsFunc(c.Guard.AlsoHonour, guard) {
			return "", errors.New("it is a guard field")
		}
		return name, nil
	})
}

// proofWritten is what is written of a tenant's proofs and is none of [Proof].
type proofWritten struct {
	dkim   bool
	faulty bool // require has a fault of its own: what follows from it is not told
}

// proofSettings are the keys of a tenant about its proofs.
func (c *Config) proofSettings(p *Proof, w *proofWritten) []tomltree.Setting {
	return []tomltree.Setting{
		{Key: "routing_field", Read: tomltree.One(c.routingFields(), &p.RoutingField)},
		{Key: "routing_code_file", Read: func(v tomltree.Value) {
			path := ""
			tomltree.One(paths(v), &path)(v)
			if path != "" {
				p.RoutingCodes = readCodes(v, path)
			}
		}},
		{Key: "proof", Read: tomltree.Table(
			tomltree.Setting{Key: "require", Read: func(v tomltree.Value) {
				tomltree.Many(requirements, &p.Require)(v)
				list, ok := v.Elements()
				w.faulty = !ok || len(p.Require) < len(list)
			}},
			tomltree.Setting{Key: "listeners", Read: func(v tomltree.Value) { tomltree.Many(addressesIn(v.Tree().Folder.Dir), &p.Listeners)(v) }},
			tomltree.Setting{Key: "cert_names", Read: tomltree.Many(plainNames, &p.CertNames)},
			tomltree.Setting{Key: "cert_issuers", Read: tomltree.Many(plainNames, &p.CertIssuers)},
			tomltree.Setting{Key: "client_networks", Read: tomltree.Many(networks, &p.Networks)},
			tomltree.Setting{Key: "dkim", Read: tomltree.Boolean(&w.dkim)},
			tomltree.Setting{Key: "unproven", Read: func(v tomltree.Value) {
				word := "pass"
				tomltree.Choice(&word, "pass", "refuse", "tempfail")(v)
				p.Unproven = unprovenWords[word]
			}},
		)},
	}
}

// completeProof works out what is required, and finds what contradicts itself.
func (c *Config) completeProof(v tomltree.Value, p *Proof, w proofWritten) {
	if !v.Has("routing_code_file") {
		p.RoutingField = "" // no secret to look for
	}
	if !w.faulty {
		p.completeRequire(v, w)
	}
	if len(p.CertIssuers) > 0 && len(p.CertNames) == 0 {
		v.At("proof").At("cert_issuers").Fault("is of no use without cert_names", "write the names of the client's certificate")
	}
	if len(p.Require) == 0 && p.Unproven != policy.Pass {
		v.At("proof").At("unproven").Fault("the tenant has no proof that could be missing", "set routing_code_file, or another proof")
	}
	for _, l := range p.Listeners {
		if l == c.Listen {
			v.At("proof").At("listeners").Fault(fmt.Sprintf("%q is the common listener", l), "choose another address for this tenant")
		}
	}
}

// completeRequire fills in what is required by default, and wants all that is
// configured to be required and all that is required to be configured.
func (p *Proof) completeRequire(v tomltree.Value, w proofWritten) {
	configured := map[string]bool{
		"routing": v.Has("routing_code_file"), "listener": len(p.Listeners) > 0, "certificate": len(p.CertNames) > 0,
		"network": len(p.Networks) > 0, policy.DKIMProof: w.dkim,
	}
	require := v.At("proof").At("require")
	given := len(p.Require) > 0
	for _, name := range proofNames() {
		asked := slices.ContainsFunc(p.Require, func(oneOf []string) bool { return slices.Contains(oneOf, name) })
		if configured[name] && !given {
			p.Require = append(p.Require, []string{name})
		} else if configured[name] && !asked {
			require.Fault(fmt.Sprintf("the tenant has a proof %q, which is not required", name), "name it, alone or after an \"or\"")
		} else if !configured[name] && asked {
			require.Fault(fmt.Sprintf("%q is required, and the tenant has no such proof", name), "configure it, or leave it out")
		}
	}
}

// tenantOwned are what belongs to one tenant only, and to which.
type tenantOwned struct {
	domains   map[string]string
	listeners map[string]string
	codes     map[policy.Code]string
}

func newOwners() tenantOwned {
	return tenantOwned{map[string]string{}, map[string]string{}, map[policy.Code]string{}}
}

// addProof wants the proofs of a tenant to be its own.
func (o tenantOwned) addProof(t *Tenant, v tomltree.Value) {
	for _, l := range t.Proof.Listeners {
		if other, taken := o.listeners[l]; taken && other != t.Name {
			v.At("proof").At("listeners").Fault(fmt.Sprintf("%q is a listener of tenant %q", l, other), "give each tenant its own")
		}
		o.listeners[l] = t.Name
	}
	for _, code := range t.Proof.RoutingCodes {
		if other, taken := o.codes[code]; taken && other != t.Name {
			v.At("routing_code_file").Fault(fmt.Sprintf("has a code of tenant %q", other), "give each tenant its own")
		}
		o.codes[code] = t.Name
	}
}

// secretFields are the routing fields of all tenants, in lower case.
func (c *Config) secretFields() map[string]bool {
	fields := map[string]bool{}
	for i := range c.Tenants {
		fields[strings.ToLower(c.Tenants[i].Proof.RoutingField)] = true
	}
	return fields
}

// keepSecrets refuses rules that look at a routing field: what a condition finds
// is told to whoever asks.
func keepSecrets(v tomltree.Value, conditions []policy.Condition, secret map[string]bool) {
	for i := range conditions {
		if conditions[i].Name() != "header" {
			continue
		}
		for _, key := range conditions[i].Keys() {
			if secret[strings.ToLower(key)] {
				v.At("header").Fault(key+" is a routing field, which is a secret", "leave it out; unproven messages are not signed anyway")
			}
		}
	}
}

// Doubts tells of every tenant whose mail others could send as well.
func (c *Config) Doubts() []string {
	var doubts []string
	for _, t := range c.Tenants {
		as := strings.Join(t.Domains, ", ")
		if len(t.Proof.Require) == 0 {
			doubts = append(doubts, fmt.Sprintf("tenant %s: no proof is configured: every Microsoft tenant could send through this relay as %s; set routing_code_file", t.Name, as))
		} else if !slices.ContainsFunc(t.Proof.Require, telling) {
			doubts = append(doubts, fmt.Sprintf("tenant %s: certificate and network are the same for all: every Microsoft tenant could send through this relay as %s; set routing_code_file", t.Name, as))
		}
	}
	return doubts
}

// telling says whether whatever meets a requirement tells one Microsoft tenant from
// another.
func telling(oneOf []string) bool {
	return !slices.ContainsFunc(policy.ProofKinds, func(k policy.ProofKind) bool { return !k.Telling && slices.Contains(oneOf, k.Name) })
}
