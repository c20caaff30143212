package handlers

import "tallyfy-admin/tallyfy"

// ownChanges counts what a session has changed. It is kept with the session, so that another process on the same database sees
// that what it keeps for that session is from before: the page after a change may be answered there.
type ownChanges struct{ Groups, Members int }

// groupsChanged drops what was read of the groups of an organisation before a change of ours to one.
func (v *visit) groupsChanged() {
	v.app.Directory.GroupsChanged(v.directoryKey())
	v.app.recalls.forget(v.org())
	v.noteChange(func(c *ownChanges) { c.Groups++ })
}

// memberChanged drops what was read before a change of ours to a member. now is the member after it, nil if that is not known.
func (v *visit) memberChanged(now *tallyfy.Member) {
	v.app.Directory.Changed(v.directoryKey(), now)
	v.app.recalls.forget(v.org())
	v.noteChange(func(c *ownChanges) { c.Members++ })
}

// noteChange counts a change, for other processes to follow.
func (v *visit) noteChange(count func(*ownChanges)) {
	v.session.change(func(d *sessionData) { count(&d.Changed) })
	v.app.followed.Add(v.session.raw.ID, v.session.data.Changed)
}

// followChanges drops what this process has kept since before a change that the session made at another one.
func (v *visit) followChanges() {
	made := v.session.data.Changed
	known, _ := v.app.followed.Get(v.session.raw.ID)
	if made == known {
		return
	}
	if made.Members != known.Members {
		v.app.Directory.Changed(v.directoryKey(), nil)
	} else {
		v.app.Directory.GroupsChanged(v.directoryKey())
	}
	v.app.recalls.forget(v.org())
	v.app.guests.forget(v.org())
	v.app.followed.Add(v.session.raw.ID, made)
}
