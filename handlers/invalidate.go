package handlers

import "tallyfy-admin/handlers/directory"

// ownChanges counts the changes that a session has made. It is stored with the session, so that
// another process on the same database sees that its copies are from before: the page after a change
// may be answered there.
type ownChanges struct{ Groups, Members int }

// invalidate drops what was read of the organisation before a change of ours, at every process.
func (v *visit) invalidate(c directory.Change) {
	v.drop(c)
	v.countChange(c)
}

// drop drops what this process keeps that a change makes out of date.
func (v *visit) drop(c directory.Change) {
	v.app.Directory.Invalidate(v.scope, c)
	v.app.answers.Invalidate(v.org())
	v.app.logoPlaces.Invalidate(v.org())
}

// countChange tells other processes to drop what they keep.
func (v *visit) countChange(c directory.Change) {
	v.session.change(func(d *sessionData) {
		if c.Members {
			d.Changed.Members++
		} else {
			d.Changed.Groups++
		}
	})
	v.app.followed.Add(v.session.raw.ID, v.session.data.Changed)
}

// followChanges drops what this process has kept since before a change that the session made at
// another process.
func (v *visit) followChanges() {
	made := v.session.data.Changed
	if known, _ := v.app.followed.Get(v.session.raw.ID); made != known {
		v.drop(directory.Change{Members: made.Members != known.Members})
		v.app.followed.Add(v.session.raw.ID, made)
	}
}

// refresh drops what this person's pages are made of, and shows the page again. The copies of other
// people in the organisation stay.
func (v *visit) refresh(path string) error {
	v.app.Directory.Forget(v.scope)
	v.app.answers.Invalidate(v.org())
	v.countChange(directory.Change{Members: true}) // another process may answer the page
	return v.goTo(path)
}
