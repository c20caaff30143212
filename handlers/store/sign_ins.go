package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/gorilla/sessions"
)

// A SignIn is a session of a person in an organisation, as others may know it.
type SignIn struct {
	// Key names the session. It is not its id, and opens nothing.
	Key    string
	Person string
	// Details is what Enter was given; nil if it cannot be opened.
	Details []byte
	// At is when the session was made or renewed, Seen when it was last used, to within a minute.
	At, Seen time.Time
}

// KeyOf names a session as SignIn.Key does; it is empty for one that is not stored.
func KeyOf(session *sessions.Session) string {
	if session.ID == "" {
		return ""
	}
	return sessionRow(session.ID)
}

func purposeOfSignIn(key, org string) string { return "sign-in " + key + " " + org }

// Enter notes that a stored session belongs to a person in an organisation. details are sealed.
func (s *Sessions) Enter(ctx context.Context, session *sessions.Session, org, person string, details []byte) error {
	key := KeyOf(session)
	if key == "" {
		return errors.New("a session is stored before it enters an organisation")
	}
	text, err := s.keys.Seal(purposeOfSignIn(key, org), details)
	if err != nil {
		return err
	}
	_, err = s.db.Write(ctx, `INSERT INTO dashboard_sign_ins (session, org, person, details) VALUES ($1, $2, $3, $4)
		ON CONFLICT (session, org) DO UPDATE SET person = excluded.person, details = excluded.details`, key, org, person, text)
	return err
}

// SignIns lists the living sessions in an organisation, those used last first: of a person, or of
// everybody if that is empty.
func (s *Sessions) SignIns(ctx context.Context, org, person string) (list []SignIn, err error) {
	err = s.db.Query(ctx, `SELECT session, person, details, created_at, seen_at
		FROM dashboard_sign_ins JOIN dashboard_sessions ON id_hash = session
		WHERE `+activeWhere+` AND org = $5 AND ($6 = '' OR person = $6) ORDER BY seen_at DESC, session`,
		s.limits(org, person), func(rows *sql.Rows) error {
			var one SignIn
			var text string
			var at, seen int64
			if err := rows.Scan(&one.Key, &one.Person, &text, &at, &seen); err != nil {
				return err
			}
			one.Details, _ = s.keys.Open(purposeOfSignIn(one.Key, org), text) // nil for a lost secret
			one.At, one.Seen = time.UnixMilli(at), time.UnixMilli(seen)
			list = append(list, one)
			return nil
		})
	return list, err
}

// End ends a session that is in an organisation, whoever asks, and reports whether it was there.
func (s *Sessions) End(ctx context.Context, org, key string) (bool, error) {
	n, err := s.db.Write(ctx, `DELETE FROM dashboard_sessions WHERE id_hash = $1
		AND EXISTS (SELECT 1 FROM dashboard_sign_ins WHERE session = id_hash AND org = $2)`, key, org)
	return n == 1, err
}

// Living reports whether a session that was loaded has not been ended or renewed since.
func (s *Sessions) Living(ctx context.Context, session *sessions.Session) (bool, error) {
	var n int64
	err := s.db.Read(ctx, []any{&n}, countActive+` AND id_hash = $5`, s.limits(KeyOf(session))...)
	return n == 1, err
}
