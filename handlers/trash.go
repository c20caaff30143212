package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
)

// deletedGroup reads what is kept of the group that an entry deleted, to create it again.
func (req *request) deletedGroup(ctx context.Context, e *journal.Entry) (r membership.Remnant, g membership.DeletedGroup, err error) {
	r, ok := membership.RemnantOf(e)
	if !ok {
		return r, g, &problem{
			status: http.StatusConflict, title: "There is no group to create again",
			text:  "Only a group that was deleted with this dashboard can be created again.",
			links: []components.LinkProps{{Text: "Receipt", URL: req.urls().Entry(e.ID), Kind: components.ButtonPrimary}},
		}
	}
	switch in := r.InEntry; {
	case in != nil && req.contentsKept(e):
		return r, *in, nil
	case in == nil:
		data, err := req.app.Journal.Contents(ctx, e)
		if err == nil {
			err = json.Unmarshal(data, &g)
		}
		if err == nil {
			return r, g, nil
		}
		if !errors.Is(err, journal.ErrContentsGone) {
			return r, g, err
		}
		req.logInfo("contents not opened", err)
	}
	return r, g, req.contentsGone(e, r)
}

// contentsGone answers for a deleted group of which the contents are deleted, too.
func (req *request) contentsGone(e *journal.Entry, r membership.Remnant) error {
	return &problem{
		status: http.StatusConflict, title: names.Isolate(r.Group.Name) + " can't be created again any more",
		text: "What was in it was kept until " + req.clock().Day(req.app.Journal.ContentsEnd(e)) +
			". The receipt of its deletion is still here; with what it says you can create a new group by hand.",
		links: []components.LinkProps{{Text: "Receipt", URL: req.urls().Entry(e.ID), Kind: components.ButtonPrimary}, req.trashLink()},
	}
}

// contentsKept reports that what an entry deleted is within its time.
func (req *request) contentsKept(e *journal.Entry) bool {
	return req.app.Journal.ContentsEnd(e).After(req.app.Now())
}

// trashLink leads to the list of deleted groups.
func (req *request) trashLink() components.LinkProps {
	return components.LinkProps{Text: "Deleted groups", URL: req.urls().Trash("")}
}
