package ldap

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sigmilter/sigstore/directory"

	"github.com/go-ldap/ldap/v3"
)

// addMembersInChain is Active Directory's rule that follows groups in groups
// (LDAP_MATCHING_RULE_IN_CHAIN, MS-ADTS section 3.1.1.3.4.4.3).
const inChain = "1.2.840.113556.1.4.1941"

// groupFilter is every group: Active Directory's, those of RFC 4519 and RFC 2307, and
// groups without members.
const groupFilter = "(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=groupOfMembers)(objectClass=posixGroup))"

// memberAttributes hold members: the first two distinguished names, the last uids.
var memberAttributes = []string{"member", "uniqueMember", memberUID}

const memberUID = "memberUid"

// uidRef marks a member that is named by its uid.
const uidRef = "uid\x00"

// fewMembers is how many members are looked up one by one; for more, a listing of all
// keys is faster.
const fewMembers = 50

// group is a group that was asked for.
type group struct {
	name    string
	entries []*ldap.Entry // more than one when the name is not unique
	refs    []string      // of all members, see [refsOf]; not on Active Directory
}

// groups finds the groups asked for, and elsewhere than on Active Directory who is in
// them and in groups within.
func (r *reading) groups() ([]group, error) {
	var groups []group
	base := cmp.Or(r.GroupBase, r.root.base)
	for _, name := range r.Groups {
		g := group{name: name}
		var err error
		g.entries, err = r.findGroup(base, name)
		if err != nil {
			return nil, err
		}
		if len(g.entries) == 0 {
			r.warn("%s: there is no group %q below it; check the name in the rules, and group_base", base, name)
		} else if len(g.entries) > 1 {
			r.warn("the name %q is that of %d groups, %s and %s among them; their members count together", name, len(g.entries), g.entries[0].DN, g.entries[1].DN)
		}
		groups = append(groups, g)
	}
	if r.root.activeDirectory || len(groups) == 0 {
		return groups, nil
	}
	return groups, r.walkGroups(base, groups)
}

// findGroup returns the groups that a rule's name stands for.
func (r *reading) findGroup(base, name string) (entries []*ldap.Entry, err error) {
	if isDN(name) {
		// QUIRK: a search for the name itself would find those it is a member of as well:
		// OpenLDAP has member as a sort of distinguishedName.
		result, err := r.conn.Search(r.conn.request(name, ldap.ScopeBaseObject, groupFilter, memberAttributes))
		if ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject) {
			return nil, nil
		}
		if err != nil {
			return nil, explain(err, "read the group "+name, r.conn.timeout)
		}
		return result.Entries, nil
	}
	err = r.conn.searchPages(base, groupByName(name), memberAttributes, func(e *ldap.Entry, _, _ int) error {
		entries = append(entries, e)
		return nil
	})
	return entries, err
}

func isDN(name string) bool {
	_, err := ldap.ParseDN(name)
	return err == nil && strings.Contains(name, "=")
}

// groupByName is the filter for a group by any of the names it has.
func groupByName(name string) string {
	value := ldap.EscapeFilter(name)
	return "(&" + groupFilter + "(|(cn=" + value + ")(mail=" + value + ")(displayName=" + value +
		")(sAMAccountName=" + value + ")(proxyAddresses=smtp:" + value + ")))"
}

// walkGroups collects the members of groups and of the groups within them. A group that is
// within itself is visited once.
func (r *reading) walkGroups(base string, groups []group) error {
	known := map[string]string{} // DN as the server has it, of every group
	err := r.conn.searchPages(base, groupFilter, []string{"1.1"}, func(e *ldap.Entry, _, _ int) error {
		known[foldDN(e.DN)] = e.DN
		return nil
	})
	if err != nil {
		return err
	}
	entries := map[string]*ldap.Entry{}
	for i := range groups {
		g := &groups[i]
		refs := map[string]bool{}
		for queue := slices.Clone(g.entries); len(queue) > 0; queue = queue[1:] {
			for _, ref := range refsOf(queue[0]) {
				dn, isGroup := known[ref]
				if refs[ref] {
					continue
				}
				refs[ref] = true
				if !isGroup {
					continue
				}
				if entries[ref] == nil {
					entries[ref], err = r.conn.readEntry(dn, memberAttributes...)
					if err != nil {
						return explain(err, "read the group "+dn, r.conn.timeout)
					}
				}
				queue = append(queue, entries[ref])
			}
		}
		maps.DeleteFunc(refs, func(ref string, _ bool) bool { return known[ref] != "" })
		g.refs = slices.Sorted(maps.Keys(refs))
	}
	return nil
}

// refsOf are the members of a group: distinguished names in one form, or uids behind a
// mark.
func refsOf(e *ldap.Entry) (refs []string) {
	for _, name := range memberAttributes {
		for _, value := range e.GetEqualFoldAttributeValues(name) {
			if name == memberUID {
				refs = append(refs, uidRef+value)
			} else {
				refs = append(refs, foldDN(value))
			}
		}
	}
	return refs
}

// foldDN is a distinguished name in a form that compares: types and values in small
// letters, one way of escaping, no blanks between.
func foldDN(dn string) string {
	if parsed, err := ldap.ParseDN(dn); err == nil {
		dn = parsed.String()
	}
	return strings.ToLower(dn)
}

// startMembers starts the table of members afresh, with everybody in the groups as nobody
// known. The search for people that follows fills it, by remember.
func (r *reading) startMembers(groups []group) {
	r.members = map[string]string{}
	for _, g := range groups {
		for _, ref := range g.refs {
			r.members[ref] = ""
		}
	}
}

// noteEntry notes a person's time of change, and the key if the table of members wants it.
func (r *reading) noteEntry(e *ldap.Entry) {
	r.noteTime(e)
	if len(r.members) == 0 {
		return
	}
	refs := []string{foldDN(e.DN)}
	for _, uid := range e.GetEqualFoldAttributeValues("uid") {
		refs = append(refs, uidRef+uid)
	}
	for _, ref := range refs {
		if _, wanted := r.members[ref]; wanted {
			r.members[ref] = entryKey(e)
		}
	}
}

// membership is the groups with the keys of their members.
func (r *reading) membership(groups []group) ([]directory.Group, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	if err := r.resolveMembers(groups); err != nil {
		return nil, err
	}
	var list []directory.Group
	for _, g := range groups {
		keys := map[string]bool{}
		for _, ref := range g.refs {
			if key := r.members[ref]; key != "" {
				keys[key] = true
			}
		}
		if r.root.activeDirectory {
			if err := r.addMembersInChain(g, keys); err != nil {
				return nil, err
			}
		}
		list = append(list, directory.Group{Name: g.name, Members: slices.Sorted(maps.Keys(keys))})
	}
	return list, nil
}

// addMembersInChain asks Active Directory for all people in a group. Its member attribute would
// be cut off at 1500 values.
func (r *reading) addMembersInChain(g group, keys map[string]bool) error {
	for _, e := range g.entries {
		filter := "(&" + r.filter() + "(memberOf:" + inChain + ":=" + ldap.EscapeFilter(e.DN) + "))"
		err := r.searchPeople(filter, keyAttributes, func(e *ldap.Entry, _, _ int) error {
			keys[entryKey(e)] = true
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// resolveMembers finds the keys of members that the table does not have: those who were put
// into a group since the last full pass, and all after a restart.
func (r *reading) resolveMembers(groups []group) error {
	if r.members == nil {
		r.members = map[string]string{}
	}
	var missing []string
	for _, g := range groups {
		for _, ref := range g.refs {
			if _, known := r.members[ref]; !known {
				r.members[ref] = ""
				missing = append(missing, ref)
			}
		}
	}
	attributes := append(slices.Clone(keyAttributes), "uid")
	remember := func(e *ldap.Entry, _, _ int) error {
		r.noteEntry(e)
		return nil
	}
	if len(missing) > fewMembers {
		return r.searchPeople(r.filter(), attributes, remember)
	}
	for _, ref := range missing {
		if uid, ok := strings.CutPrefix(ref, uidRef); ok {
			filter := "(&" + r.filter() + "(uid=" + ldap.EscapeFilter(uid) + "))"
			if err := r.searchPeople(filter, attributes, remember); err != nil {
				return err
			}
			continue
		}
		result, err := r.conn.Search(r.conn.request(ref, ldap.ScopeBaseObject, r.filter(), attributes))
		if ldap.IsErrorAnyOf(err, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInvalidDNSyntax) {
			continue // a member that is no longer there
		}
		if err != nil {
			return explain(err, "look up the member "+ref, r.conn.timeout)
		}
		for _, e := range result.Entries {
			r.noteEntry(e)
		}
	}
	return nil
}
