package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tallyfy-admin/handlers/store"
)

// Contents is what a change deletes, to create it again. It is stored with the intent, or neither is, and is
// deleted before the entry: see Journal.Sweep.
type Contents struct {
	// Data is what was deleted. Only the kind's own package reads it.
	Data json.RawMessage
	// Picture is the bytes of its picture, if it had one.
	Picture []byte
}

// ErrContentsGone is returned for contents that are past their time, or were never stored.
var ErrContentsGone = errors.New("the contents of the entry are not kept any more")

// ContentsDays is how many days the contents of an entry live.
func (j *Journal) ContentsDays() int { return int(j.keepContents / (24 * time.Hour)) }

// ContentsEnd is when the contents of an entry are deleted.
func (j *Journal) ContentsEnd(e *Entry) time.Time { return e.At.Add(j.keepContents) }

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
	data, err := j.readContents(ctx, e, "contents", partContents)
	return data, err
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
