package handlers

import (
	"errors"
	"log/slog"

	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
)

// The changes that are audited, and counted in a metric.
const (
	groupCreated  = "group.create"
	groupDeleted  = "group.delete"
	memberRemoved = "member.remove"
)

// audit writes the one line about a change that was sent, or was about to be: who, what, before, after, and how it ended. Only
// the facts of the change itself belong in it; never a token.
func (v *visit) audit(change string, err error, attrs ...slog.Attr) {
	result := changeResult(err)
	v.app.Metrics.Change(change, result)
	line := []slog.Attr{
		slog.String("request_id", web.IDOf(v)), slog.String("change", change), slog.String("result", result),
		slog.String("user", string(v.who.UserID)), slog.String("email", v.who.Email), slog.String("organisation", string(v.org())),
		slog.String("client", v.RealIP()),
	}
	line = append(line, attrs...)
	if err != nil {
		line = append(line, slog.Any("error", err))
	}
	v.app.Log.LogAttrs(v.Request().Context(), slog.LevelInfo, "change", line...)
}

// changeResult words how a change ended.
func changeResult(err error) string {
	var answer *tallyfy.Error
	switch {
	case err == nil:
		return "done"
	case tallyfy.MayHaveHappened(err):
		return "not confirmed"
	case errors.As(err, &answer) && answer.Status != 0:
		return "refused"
	default:
		return "not sent"
	}
}

// groupAttrs are a group's facts before or after a change.
func groupAttrs(when string, g *tallyfy.Group) slog.Attr {
	return slog.Group(when, slog.String("name", g.Name), slog.Int("members", len(g.Members)), slog.Int("guests", len(g.Guests)))
}

// How an attempt to sign in can end.
const (
	signedInNow     = "done"
	signInRefused   = "refused"
	signInHeldBack  = "held back"
	signInUnchecked = "not checked"
)

// auditSignIn writes the one line about an attempt to sign in.
func (v *visit) auditSignIn(result string, attrs ...slog.Attr) {
	v.app.Metrics.SignIn(result)
	v.refused = v.refused || result == signInRefused
	line := []slog.Attr{slog.String("request_id", web.IDOf(v)), slog.String("result", result), slog.String("client", v.RealIP())}
	v.app.Log.LogAttrs(v.Request().Context(), slog.LevelInfo, "sign-in", append(line, attrs...)...)
}
