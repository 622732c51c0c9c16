package graph

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"sigmilter/sigstore/directory"
)

var objectID = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// entraObject is a group or one of its members.
type entraObject struct {
	ID          string `json:"id"`
	Mail        string `json:"mail"`
	DisplayName string `json:"displayName"`
}

type objectPage struct {
	Value []entraObject `json:"value"`
	Next  string        `json:"@odata.nextLink"`
}

// readGroups reads the members of the groups that rules name. The answer is never
// nil: without groups in the rules, nobody is a member of any.
func (g *Source) readGroups(ctx context.Context) (groups []directory.Group, warnings []error, err error) {
	groups = []directory.Group{}
	for _, name := range g.Groups {
		found, err := g.findGroups(ctx, name)
		if err != nil {
			return nil, nil, g.advise(err, fmt.Sprintf("the group %q", name), "GroupMember.Read.All")
		}
		if len(found) == 0 {
			warnings = append(warnings, fmt.Errorf("there is no group %q in Microsoft Entra ID; nobody counts as a member", name))
		} else if len(found) > 1 {
			warnings = append(warnings, fmt.Errorf("%d groups have the name %q, %s and %s among them; the members of all count. "+
				"Write a mail address or an object ID in the rule", len(found), name, found[0].ID, found[1].ID))
		}
		group := directory.Group{Name: name}
		for _, f := range found {
			members, err := g.readMembers(ctx, f.ID)
			if err != nil {
				return nil, nil, g.advise(err, fmt.Sprintf("the members of group %q", name), "GroupMember.Read.All")
			}
			group.Members = append(group.Members, members...)
		}
		groups = append(groups, group)
	}
	return groups, warnings, nil
}

// findGroups finds a group by its id, else by its mail address, else by its name,
// which several may have.
func (g *Source) findGroups(ctx context.Context, name string) ([]entraObject, error) {
	if objectID.MatchString(name) {
		var group entraObject
		err := g.web.get(ctx, g.graphURL()+"/v1.0/groups/"+strings.ToLower(name)+"?$select=id", &group)
		if statusOf(err) == http.StatusNotFound {
			return nil, nil
		}
		return []entraObject{group}, err
	}
	quoted := "'" + strings.ReplaceAll(name, "'", "''") + "'"
	query := url.Values{
		"$filter": {"mail eq " + quoted + " or displayName eq " + quoted},
		"$select": {"id,mail,displayName"},
	}
	all, err := g.readObjects(ctx, g.graphURL()+"/v1.0/groups?"+query.Encode())
	for _, group := range all {
		if strings.EqualFold(group.Mail, name) {
			return []entraObject{group}, err
		}
	}
	return all, err
}

// readMembers are the ids of a group's members, those of groups within included.
// The cast leaves out devices and contacts; it wants $count.
func (g *Source) readMembers(ctx context.Context, id string) ([]string, error) {
	all, err := g.readObjects(ctx, g.graphURL()+"/v1.0/groups/"+url.PathEscape(id)+
		"/transitiveMembers/microsoft.graph.user?$select=id&$count=true&$top=999")
	ids := make([]string, len(all))
	for i, member := range all {
		ids[i] = member.ID
	}
	return ids, err
}

// readObjects reads a list, page by page.
func (g *Source) readObjects(ctx context.Context, link string) (all []entraObject, err error) {
	for link != "" {
		var page objectPage
		if err := g.web.get(ctx, link, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Value...)
		link = page.Next
	}
	return all, nil
}
