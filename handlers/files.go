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
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// exportGroups sends the list of groups as a file: all pages of what is searched for and filtered.
func exportGroups(v *visit) error {
	l := v.groupList()
	members, groups, err := v.wholeOrganisation()
	if err != nil {
		return err
	}
	if !members.Complete || !groups.Complete {
		return v.stillReading("Preparing the file", "The rows of the file", members, groups, v.urls().Groups()+l.Encode())
	}
	teams, _ := narrowGroups(l, members, groups)
	listing.SortGroups(teams, l.Sort)
	return v.sendFile("groups", []string{"Name", "Description", "Members", "Guests", "Disabled members", "Created", "Updated", "Id"}, func(yield func([]string) bool) {
		for _, t := range teams {
			if !yield([]string{
				t.Name, t.Description, strconv.Itoa(len(t.Members)), strconv.Itoa(len(t.Guests)), strconv.Itoa(t.Disabled),
				inFile(t.CreatedAt.Time), inFile(t.LastUpdated.Time), string(t.ID),
			}) {
				return
			}
		}
	})
}

// exportMembers sends the list of members as a file.
func exportMembers(v *visit) error {
	l := v.memberList()
	members, groups, err := v.wholeOrganisation()
	if err != nil {
		return err
	}
	if !members.Complete || !groups.Complete {
		return v.stillReading("Preparing the file", "The rows of the file", members, groups, v.urls().Members()+l.Encode())
	}
	people, _ := v.narrowMembers(l, members, groups)
	listing.SortMembers(people, l.Sort)
	return v.sendFile("members", []string{"Name", "Email", "Role", "Status", "Groups", "Job title", "Joined", "Last sign-in", "Id"}, func(yield func([]string) bool) {
		for _, p := range people {
			names := make([]string, len(p.In))
			for i, g := range p.In {
				names[i] = g.Name
			}
			if !yield([]string{
				p.Name(), p.Email, views.RoleWord(p.Role), views.MemberStatus(p.Member).Text, strings.Join(names, "; "), p.JobTitle,
				inFile(p.CreatedAt.Time), inFile(p.LastLoginAt.Time), string(p.ID),
			}) {
				return
			}
		}
	})
}

// exportPeople sends the members and guests of one group as a file.
func exportPeople(v *visit) error {
	// A browser that asks again by itself, while the names are read, says so as at a reload, and nobody reloads a file.
	v.Request().Header.Del("Cache-Control")
	var (
		group   *tallyfy.Group
		members *directory.Snapshot
		problem error // kept apart: of a group that is not there, that is what to say
	)
	err := sideBySide(v.ctx(),
		func(ctx context.Context) (err error) {
			group, err = v.readGroup(ctx, tallyfy.ID(web.Param(v, "group")))
			return err
		},
		func(ctx context.Context) error {
			members, problem = v.app.Directory.Get(ctx, v.api, v.directoryKey())
			return nil
		})
	if err != nil {
		return err
	}
	if problem != nil {
		return problem
	}
	if !members.Complete {
		return v.stillReading("Preparing the file", "The names in the file", members, nil, v.urls().Group(group.ID))
	}
	people := groupMembers(members.Among(group.Members), "")
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
