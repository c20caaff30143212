package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"
)

// access says who may use a route.
type access int

const (
	// public routes are for anybody; they have a session to look at.
	public access = iota
	// signedIn routes send anybody else to sign in, and back afterwards.
	signedIn
	// plain routes have no session at all: probes.
	plain
)

type route struct {
	method, path string
	access       access
	handle       func(*visit) error
}

// routes is every page, with who may see it. Paths are below the base.
func (a *App) routes() []route {
	return []route{
		{http.MethodGet, "/", public, home},
		{http.MethodGet, "/signin", public, showSignIn},
		{http.MethodPost, "/signin", public, signIn},
		{http.MethodPost, "/signout", public, signOut},

		{http.MethodGet, "/groups", signedIn, listGroups},
		{http.MethodPost, "/groups", signedIn, createGroup},
		{http.MethodGet, "/groups/new", signedIn, showGroupForm},
		{http.MethodGet, "/groups/:group", signedIn, showGroup},
		{http.MethodGet, "/groups/:group/logo", signedIn, showGroupLogo},
		{http.MethodGet, "/groups/:group/delete", signedIn, showGroupDeletion},
		{http.MethodPost, "/groups/:group/delete", signedIn, deleteGroup},

		{http.MethodGet, "/members", signedIn, listMembers},
		{http.MethodGet, "/members/:member", signedIn, showMember},
		{http.MethodGet, "/members/:member/remove", signedIn, showRemoval},
		{http.MethodGet, "/members/:member/remove/handover", signedIn, showHandover},
		{http.MethodGet, "/members/:member/remove/plan", signedIn, showPlan},
		{http.MethodPost, "/members/:member/remove", signedIn, removeMember},
		{http.MethodGet, "/members/:member/remove/receipt/:record", signedIn, showReceipt},

		{http.MethodGet, "/healthz", plain, health},
		{http.MethodGet, "/readyz", plain, readiness},
	}
}

// pageTime is how long a page may take, calls to Tallyfy included.
const pageTime = 25 * time.Second

// wrap makes an Echo handler of a route.
func (a *App) wrap(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), pageTime)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		v := &visit{Context: c, app: a}
		c.Set(visitKey, v)
		if r.access == plain {
			return r.handle(v)
		}
		s, err := a.openSession(c)
		if err != nil {
			return err
		}
		v.session = s
		if r.access == signedIn {
			if s.data.Who == nil {
				return v.sendToSignIn("")
			}
			v.signedInAs(s.data.Who)
		}
		return r.handle(v)
	}
}

// recover turns a panic into an error page. The stack goes to the log only.
func (a *App) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if p := recover(); p != nil {
				if e, ok := p.(error); ok && errors.Is(e, http.ErrAbortHandler) {
					panic(p)
				}
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		return next(c)
	}
}
