package handlers

import (
	"bytes"
	"context"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/export"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
)

// exportGroups sends the list of groups, searched and filtered, as a file with all pages.
func exportGroups(v *visit) error {
	s := groupListState(v.QueryParams())
	copied, err := v.snapshot()
	if err != nil {
		return err
	}
	if !copied.complete() {
		return v.showLoading("Preparing the file", "The rows of the file", copied, v.urls().GroupList(s))
	}
	list, _ := filterGroups(s, copied)
	listing.SortGroups(list, s.Order)
	return v.sendFile("groups", []string{"Name", "Description", "Members", "Guests", "Disabled members", "Created", "Updated", "Id"}, func(yield func([]string) bool) {
		for _, g := range list {
			if !yield([]string{
				g.Name, g.Description, strconv.Itoa(len(g.Members)), strconv.Itoa(len(g.Guests)), strconv.Itoa(g.Disabled),
				inFile(g.CreatedAt.Time), inFile(g.LastUpdated.Time), string(g.ID),
			}) {
				return
			}
		}
	})
}

// exportMembers sends the list of members as a file.
func exportMembers(v *visit) error {
	s := memberListState(v.QueryParams(), v.app.Now())
	copied, err := v.snapshot()
	if err != nil {
		return err
	}
	if !copied.complete() {
		return v.showLoading("Preparing the file", "The rows of the file", copied, v.urls().MemberList(s))
	}
	list, _ := filterMembers(s, copied, v.app.Now())
	listing.SortMembers(list, s.Order)
	return v.sendFile("members", []string{"Name", "Email", "Role", "Status", "Groups", "Job title", "Joined", "Last sign-in", "Id"}, func(yield func([]string) bool) {
		for _, m := range list {
			names := make([]string, len(m.In))
			for i, g := range m.In {
				names[i] = g.Name
			}
			p := personOf(m.Member)
			if !yield([]string{
				p.Name, p.Email, p.Role, p.Status.Text, strings.Join(names, "; "), m.JobTitle,
				inFile(m.CreatedAt.Time), inFile(m.LastLoginAt.Time), string(m.ID),
			}) {
				return
			}
		}
	})
}

// exportPeople sends the members and guests of one group as a file.
func exportPeople(v *visit) error {
	// While the names are read, the browser asks again by itself with the header of a reload. A file
	// is never reloaded by hand.
	const fresh = false
	var (
		group   *tallyfy.Group
		members *directory.Members
		problem error // kept apart: a missing group is reported first
	)
	err := parallel.Run(v.ctx(),
		func(ctx context.Context) (err error) {
			group, err = v.group(ctx, tallyfy.ID(web.Param(v, "group")), fresh)
			return err
		},
		func(ctx context.Context) error {
			members, problem = v.app.Directory.Members(ctx, v.api, v.scope)
			return nil
		})
	if err != nil {
		return err
	}
	if problem != nil {
		return problem
	}
	if !members.Complete {
		return v.showLoading("Preparing the file", "The names in the file", snapshot{members: members}, v.urls().Group(group.ID))
	}
	people := groupMembers(members.Resolve(group.Members), "")
	return v.sendFile(group.Name, []string{"Kind", "Name", "Email", "Role", "Status", "Id"}, func(yield func([]string) bool) {
		for _, p := range people {
			email := p.Email
			if !p.Known {
				email = ""
			}
			if !yield([]string{"Member", p.Name, email, p.Role, p.Status.Text, string(p.ID)}) {
				return
			}
		}
		for _, guest := range group.Guests {
			if !yield([]string{"Guest", "", guest, "", "", ""}) {
				return
			}
		}
	})
}

// sendFile makes the file in memory and sends it: a failure is a page, never half a file.
func (v *visit) sendFile(what string, columns []string, rows iter.Seq[[]string]) error {
	var file bytes.Buffer
	if err := export.CSV(&file, columns, rows); err != nil {
		return err
	}
	h := v.Response().Header()
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+export.Name(v.app.Now(), what, v.who.Organisation.Name)+`"`)
	h.Set(echo.HeaderCacheControl, "no-store")
	return v.Blob(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
}

// inFile writes a time as spreadsheet programs and other programs read it: UTC, without the T.
func inFile(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}
