package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"tallyfy-admin/handlers/store"
	"tallyfy-admin/views/names"
)

// Contents is what a change deletes, to create it again. It is stored with the intent, or neither is, and is
// deleted before the entry: see Journal.Sweep.
type Contents struct {
	// Data is what was deleted. Only the kind's own package reads it.
	Data json.RawMessage
	// Picture is the bytes of its picture, if it had one.
	Picture []byte
}

// The kinds of entry about contents. They name the group and nobody who was in it.
const (
	ContentsKept   = "trash.keep"
	ContentsPurged = "trash.purge"
)

// MostAddedDays is by how many days contents can be kept longer in all.
const MostAddedDays = 30

const day = 24 * time.Hour

// ErrContentsGone is returned for contents that are past their time, or were never stored.
var ErrContentsGone = errors.New("the contents of the entry are not kept any more")

// ContentsDays is how many days the contents of an entry live.
func (j *Journal) ContentsDays() int { return int(j.keepContents / day) }

// ContentsEnd is when the contents of an entry are deleted.
func (j *Journal) ContentsEnd(e *Entry) time.Time { return e.At.Add(j.contentsTime(e.AddedDays)) }

// contentsTime is how long contents live by so many days longer: no longer than their entry.
func (j *Journal) contentsTime(added int) time.Duration {
	return min(j.keep, j.keepContents+time.Duration(added)*day)
}

// CanKeepLonger reports whether a day can be added to the time of an entry's contents.
func (j *Journal) CanKeepLonger(e *Entry) bool {
	return e.AddedDays < MostAddedDays && j.contentsTime(e.AddedDays+1)-j.contentsTime(e.AddedDays) == day
}

// KeepLonger keeps the contents of an entry a day longer, and stores the entry that says so. It
// reports false, and does nothing, if somebody else has added a day since e was read.
// ErrContentsGone is returned if they were deleted since.
func (j *Journal) KeepLonger(ctx context.Context, e *Entry, by Intent) (added bool, err error) {
	err = j.db.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		n, err := tx.Write(ctx, `UPDATE dashboard_journal SET added_days = added_days + 1 WHERE id = $1 AND added_days = $2`, e.ID, e.AddedDays)
		if err != nil || n == 0 {
			return err
		}
		n, err = tx.Write(ctx, `UPDATE dashboard_journal_contents SET at = at + $1 WHERE entry = $2`, day.Milliseconds(), e.ID)
		if err == nil && n == 0 {
			err = ErrContentsGone // since e was read
		}
		if err != nil {
			return err
		}
		by.Press = fmt.Sprintf("%s %s %d", ContentsKept, e.ID, e.AddedDays+1)
		added, err = j.insertDone(ctx, tx, by)
		return err
	})
	return added, err
}

// insertDone stores the entry of something that the transaction itself does, which needs no other check.
func (j *Journal) insertDone(ctx context.Context, tx *store.Querier, in Intent) (inserted bool, err error) {
	id, err := uuid.NewV7()
	if err != nil {
		return false, err
	}
	now := j.now()
	e := &Entry{ID: id.String(), At: now, State: Done, Intent: in, Outcome: &Outcome{State: Done, At: now}, Check: &Check{At: now}}
	for range in.Lines {
		e.Check.Findings = append(e.Check.Findings, Finding{Result: Confirmed})
	}
	return j.insert(ctx, tx, e)
}

// mostPurged is how many contents one sweep deletes: the rest waits for the next.
const mostPurged = 100

// purge deletes the contents past their time, with an entry for each.
func (j *Journal) purge(ctx context.Context) error {
	oldest := j.oldestContents()
	expired, err := j.entries(ctx, fmt.Sprintf(`WHERE id IN (SELECT entry FROM dashboard_journal_contents WHERE at <= $1 ORDER BY at LIMIT %d)`, mostPurged), []any{oldest})
	if err != nil || len(expired) == 0 {
		return err
	}
	return j.db.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		for _, e := range expired {
			n, err := tx.Write(ctx, `DELETE FROM dashboard_journal_contents WHERE entry = $1 AND at <= $2`, e.ID, oldest)
			if err == nil && n > 0 { // nobody has kept it longer meanwhile, and no other replica has deleted it
				_, err = j.insertDone(ctx, tx, purged(e))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// purged is the intent of deleting the contents of an entry.
func purged(e *Entry) Intent {
	group, name := e.Subject(Group), "a group"
	in := Intent{Org: e.Org, Kind: ContentsPurged, Actor: Subject{Kind: Member, Name: "The dashboard"}, Press: ContentsPurged + " " + e.ID}
	if group.ID != "" {
		in.Subjects, name = []Subject{group}, "the group "+names.Isolate(group.Name)
	}
	in.Did = "deleted for good what was kept of " + name
	in.Lines = []Line{{Kind: ContentsPurged, Text: "What was kept to create " + name + " again is deleted. It can't be created again any more."}}
	return in
}

// storeContents stores what an entry's change deletes.
func (j *Journal) storeContents(ctx context.Context, tx *store.Querier, e *Entry, c *Contents) error {
	data, err := j.keys.Seal(purpose(e, partContents), c.Data)
	if err != nil {
		return err
	}
	picture := ""
	if len(c.Picture) > 0 {
		if picture, err = j.keys.Seal(purpose(e, partPicture), c.Picture); err != nil {
			return err
		}
	}
	_, err = tx.Write(ctx, `INSERT INTO dashboard_journal_contents (entry, at, contents, picture) VALUES ($1, $2, $3, $4)`,
		e.ID, e.At.UnixMilli(), data, picture)
	return err
}

// Contents returns what the change of an entry deleted, without the picture.
func (j *Journal) Contents(ctx context.Context, e *Entry) (json.RawMessage, error) {
	return j.readContents(ctx, e, "contents", partContents)
}

// Picture returns the picture of what the change of an entry deleted; ErrContentsGone without one.
func (j *Journal) Picture(ctx context.Context, e *Entry) ([]byte, error) {
	return j.readContents(ctx, e, "picture", partPicture)
}

func (j *Journal) readContents(ctx context.Context, e *Entry, column, part string) ([]byte, error) {
	var text string
	err := j.db.Read(ctx, []any{&text}, `SELECT `+column+` FROM dashboard_journal_contents WHERE entry = $1 AND at > $2`, e.ID, j.oldestContents())
	if errors.Is(err, sql.ErrNoRows) || err == nil && text == "" {
		return nil, ErrContentsGone
	}
	if err != nil {
		return nil, err
	}
	data, err := j.keys.Open(purpose(e, part), text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrContentsGone, err)
	}
	return data, nil
}

func (j *Journal) oldestContents() int64 { return j.now().Add(-j.keepContents).UnixMilli() }
