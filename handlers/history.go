package handlers

import (
	"context"
	"log/slog"
	"time"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/tallyfy"
)

// remember lets the history see the lists that pages and jobs read.
func (a *App) remember() {
	reading := func(ctx context.Context, s cache.Scope, took time.Duration) history.Reading {
		return history.Reading{Org: s.Organisation(), By: tallyfy.UserID(ratelimit.Person(ctx)), Took: took}
	}
	a.Directory.OnComplete(func(ctx context.Context, s cache.Scope, list *directory.Members, took time.Duration) {
		r := reading(ctx, s, took)
		r.Members = list.Items
		a.History.Observe(r)
	}, func(ctx context.Context, s cache.Scope, list *directory.Groups, took time.Duration) {
		r := reading(ctx, s, took)
		r.Groups = list.Items
		a.History.Observe(r)
	})
}

// erased takes somebody out of the history whose account was found to be deleted for good.
func (a *App) erased(ctx context.Context, e *journal.Entry) {
	if e.Kind != lifecycle.DeletedForGood || !e.CarriedOut() {
		return
	}
	if err := a.History.Erase(ctx, e.Org, tallyfy.UserID(e.Subject(journal.Member).ID)); err != nil {
		a.Log.Error("somebody not taken out of the history", slog.String("request_id", e.RequestID), slog.Any("error", err))
	}
}
