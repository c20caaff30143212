package handlers

import "tallyfy-admin/handlers/directory"

// ownChanges counts the changes that a session has made in one organisation. It is stored with the
// session, so that another process on the same database sees that its copies are from before: the page
// after a change may be answered there.
type ownChanges struct{ Groups, Members int }

// invalidate drops what was read of the organisation before a change of ours, at every process.
func (req *request) invalidate(c directory.Change) {
	req.drop(c)
	req.countChange(c)
}

// groupChanged drops what a created, changed or deleted group makes out of date: the groups, and
// the guests, of whom some may be new.
func (req *request) groupChanged() { req.invalidate(directory.Change{}) }

// drop drops what this process keeps that a change makes out of date.
func (r *reader) drop(c directory.Change) {
	org := r.scope.Organisation()
	r.app.Directory.Invalidate(r.scope, c)
	r.app.answers.Invalidate(org)
	r.app.logoPlaces.Invalidate(org)
}

// countChange tells other processes to drop what they keep.
func (req *request) countChange(c directory.Change) {
	req.session.change(func(*sessionData) {
		if c.Members {
			req.who.Changed.Members++
		} else {
			req.who.Changed.Groups++
		}
	})
	req.app.followed.Add(req.followKey(), req.who.Changed)
}

// followChanges drops what this process has kept since before a change that the session made at
// another process.
func (req *request) followChanges() {
	made := req.who.Changed
	if known, _ := req.app.followed.Get(req.followKey()); made != known {
		req.drop(directory.Change{Members: made.Members != known.Members})
		req.app.followed.Add(req.followKey(), made)
	}
}

func (req *request) followKey() string { return req.session.raw.ID + " " + string(req.org()) }

// refresh drops what this person's pages are made of, and shows the page again. The copies of other
// people in the organisation stay. A link on another site drops nothing: it would cost calls.
func (req *request) refresh(path string) error {
	if req.fromOtherSite() {
		return req.goTo(path)
	}
	req.app.Directory.Forget(req.scope)
	req.app.answers.Invalidate(req.org())
	req.countChange(directory.Change{Members: true}) // another process may answer the page
	return req.goTo(path)
}
