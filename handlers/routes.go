package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// access says who may use a route.
type access int

const (
	// public routes are for anybody; they have a session to look at.
	public access = iota
	// signedIn routes belong to an organisation: their addresses are below /o/:org. They send anybody
	// else to sign in, and back afterwards.
	signedIn
	// plain routes have no session at all: probes.
	plain
)

type route struct {
	method, path string
	access       access
	handle       func(*request) error
}

// address is the route's path below the base, as Echo takes it.
func (r route) address() string {
	if r.access == signedIn {
		return views.OrgPrefix + ":org" + r.path
	}
	return r.path
}

// isPicture reports that a route sends a picture, which nobody reads whatever happens.
func (r route) isPicture() bool { return strings.HasSuffix(r.path, "/logo") }

// formPages are the forms whose text is kept when they cannot be carried out, by the path that
// takes them, with the page that each stands on; nil is the page of the same address.
var formPages = map[string]func(views.URLs) string{
	"/groups": views.URLs.NewGroup, "/groups/:group/edit": nil, "/groups/:group/people": nil,
	"/members/invite": nil, "/members/:member/role": nil, "/members/:member/groups": nil,
	"/guests/new": nil, "/guests/:guest/known-by": nil, "/access": nil,
	"/bulk":    func(u views.URLs) string { return u.NewBulk("") },
	"/reviews": views.URLs.NewReview, "/reviews/sets": nil, "/reviews/:review/people/:member": nil, "/reviews/:review/looks/:member": nil,
}

// keepsTyped reports that a route takes a form whose text is kept.
func (r route) keepsTyped() bool {
	_, ok := formPages[r.path]
	return ok && r.method == http.MethodPost
}

// routes is every page, with who may see it. Paths are below the base, and those of signedIn routes
// below their organisation.
func (a *App) routes() []route {
	return []route{
		{http.MethodGet, "/signin", public, showSignIn},
		{http.MethodPost, "/signin", public, signIn},
		{http.MethodPost, "/signout", public, signOut},
		{http.MethodGet, "/signin/tallyfy", public, withTallyfy(startAtTallyfy)},
		{http.MethodGet, "/signin/answer", public, withTallyfy(showTallyfyAnswer)},
		{http.MethodPost, "/signin/answer", public, withTallyfy(takeTallyfyAnswer)},

		{http.MethodGet, "/", signedIn, showOverview},

		{http.MethodGet, "/access", signedIn, showAccess},
		{http.MethodPost, "/access", signedIn, changeAccess},
		{http.MethodGet, "/access.csv", signedIn, exportAccess},

		{http.MethodGet, "/groups", signedIn, listGroups},
		{http.MethodPost, "/groups", signedIn, createGroup},
		{http.MethodGet, "/groups.csv", signedIn, exportGroups},
		{http.MethodGet, "/groups/new", signedIn, showGroupForm},
		{http.MethodPost, "/groups/selection", signedIn, groupChooser.choose},
		{http.MethodGet, "/groups/:group", signedIn, showGroup},
		{http.MethodGet, "/groups/:group/logo", signedIn, showGroupLogo},
		{http.MethodGet, "/groups/:group/tasks", signedIn, showGroupTasks},
		{http.MethodGet, "/groups/:group/people", signedIn, showGroupPeople},
		{http.MethodPost, "/groups/:group/people", signedIn, changeGroupPeople},
		{http.MethodGet, "/groups/:group/people.csv", signedIn, exportPeople},
		{http.MethodGet, "/groups/:group/edit", signedIn, showGroupEdit},
		{http.MethodPost, "/groups/:group/edit", signedIn, editGroup},
		{http.MethodGet, "/groups/:group/merge", signedIn, showGroupMerge},
		{http.MethodPost, "/groups/:group/merge", signedIn, mergeGroup},
		{http.MethodGet, "/groups/:group/delete", signedIn, showGroupDeletion},
		{http.MethodPost, "/groups/:group/delete", signedIn, deleteGroup},

		{http.MethodGet, "/members", signedIn, listMembers},
		{http.MethodGet, "/members.csv", signedIn, exportMembers},
		{http.MethodGet, "/members/invite", signedIn, showInvite},
		{http.MethodPost, "/members/invite", signedIn, inviteMember},
		{http.MethodPost, "/members/selection", signedIn, memberChooser.choose},
		{http.MethodGet, "/members/:member", signedIn, showMember},
		{http.MethodGet, "/members/:member/groups", signedIn, showMemberGroups},
		{http.MethodPost, "/members/:member/groups", signedIn, changeMemberGroups},
		{http.MethodGet, "/members/:member/guests", signedIn, showGuestHandover},
		{http.MethodPost, "/members/:member/guests", signedIn, handOverGuests},
		{http.MethodGet, "/members/:member/tasks", signedIn, showMemberTasks},
		{http.MethodGet, "/members/:member/role", signedIn, showRole},
		{http.MethodPost, "/members/:member/role", signedIn, changeRole},
		{http.MethodGet, "/members/:member/enable", signedIn, showComeback},
		{http.MethodPost, "/members/:member/enable", signedIn, bringBack},
		{http.MethodGet, "/members/:member/disable", signedIn, showDisabling},
		{http.MethodPost, "/members/:member/disable", signedIn, disableMember},
		{http.MethodGet, "/members/:member/delete", signedIn, showErasure},
		{http.MethodPost, "/members/:member/delete", signedIn, deleteMember},
		{http.MethodGet, "/members/:member/remove", signedIn, showRemoval},
		{http.MethodGet, "/members/:member/remove/handover", signedIn, showHandover},
		{http.MethodGet, "/members/:member/remove/plan", signedIn, showPlan},
		{http.MethodPost, "/members/:member/remove", signedIn, removeMember},
		{http.MethodGet, "/members/:member/remove/receipt/:record", signedIn, showOldReceipt},

		{http.MethodGet, "/guests", signedIn, listGuests},
		{http.MethodGet, "/guests/new", signedIn, showGuestForm},
		{http.MethodPost, "/guests/new", signedIn, addGuest},
		{http.MethodPost, "/guests/selection", signedIn, guestChooser.choose},
		{http.MethodGet, "/guests/:guest", signedIn, showGuest},
		{http.MethodGet, "/guests/:guest/tasks", signedIn, showGuestTasks},
		{http.MethodGet, "/guests/:guest/known-by", signedIn, showGuestContacts},
		{http.MethodPost, "/guests/:guest/known-by", signedIn, changeGuestContacts},
		{http.MethodGet, "/guests/:guest/remove", signedIn, showGuestRemoval},
		{http.MethodPost, "/guests/:guest/remove", signedIn, removeGuest},
		{http.MethodGet, "/guests.csv", signedIn, exportGuests},

		{http.MethodGet, "/activity", signedIn, listActivity},
		{http.MethodGet, "/activity.csv", signedIn, exportActivity},
		{http.MethodPost, "/activity/seen", signedIn, seeChanges},
		{http.MethodGet, "/activity/elsewhere/:event", signedIn, showElsewhere},
		{http.MethodGet, "/activity/:entry", signedIn, showEntry},
		{http.MethodGet, "/activity/:entry/undo", signedIn, showReversal(false)},
		{http.MethodPost, "/activity/:entry/undo", signedIn, reverse(false)},
		{http.MethodGet, "/activity/:entry/restore", signedIn, showRestoration},
		{http.MethodPost, "/activity/:entry/restore", signedIn, restoreGroup},
		{http.MethodGet, "/activity/:entry/repeat", signedIn, showReversal(true)},
		{http.MethodPost, "/activity/:entry/repeat", signedIn, reverse(true)},

		{http.MethodGet, "/trash", signedIn, listTrash},
		{http.MethodGet, "/trash.csv", signedIn, exportTrash},
		{http.MethodGet, "/trash/:entry/picture", signedIn, sendTrashPicture},
		{http.MethodPost, "/trash/:entry/keep", signedIn, keepLonger},

		{http.MethodGet, "/bulk/new", signedIn, showBulkForm},
		{http.MethodPost, "/bulk", signedIn, planBulk},
		{http.MethodGet, "/bulk/:bulk", signedIn, showBulk},
		{http.MethodPost, "/bulk/:bulk/run", signedIn, runBulk},
		{http.MethodGet, "/jobs", signedIn, listJobs},
		{http.MethodGet, "/jobs/:job", signedIn, showJob},
		{http.MethodGet, "/jobs/:job/progress", signedIn, showProgress},
		{http.MethodGet, "/jobs/:job/failed.csv", signedIn, exportFailed},
		{http.MethodPost, "/jobs/:job/pause", signedIn, changeJob(pauseJob)},
		{http.MethodPost, "/jobs/:job/resume", signedIn, changeJob(resumeJob)},
		{http.MethodPost, "/jobs/:job/stop", signedIn, changeJob(stopJob)},
		{http.MethodPost, "/jobs/:job/retry", signedIn, changeJob(retryJob)},

		{http.MethodGet, "/reviews", signedIn, listReviews},
		{http.MethodPost, "/reviews", signedIn, startReview},
		{http.MethodGet, "/reviews/new", signedIn, showReviewForm},
		{http.MethodGet, "/reviews/:review", signedIn, showReview},
		{http.MethodPost, "/reviews/:review/people", signedIn, addJoiners},
		{http.MethodGet, "/reviews/:review/people/:member", signedIn, showReviewPerson},
		{http.MethodPost, "/reviews/:review/people/:member", signedIn, decide},
		{http.MethodPost, "/reviews/:review/looks", signedIn, chooseLooks},
		{http.MethodGet, "/reviews/:review/looks/:member", signedIn, showLook},
		{http.MethodPost, "/reviews/:review/looks/:member", signedIn, answerLook},
		{http.MethodGet, "/reviews/sets", signedIn, showReviewSets},
		{http.MethodPost, "/reviews/sets", signedIn, changeReviewSet},
		{http.MethodGet, "/reviews/:review/check", signedIn, showReviewCheck},
		{http.MethodPost, "/reviews/:review/apply", signedIn, applyReview},
		{http.MethodGet, "/reviews/:review/close", signedIn, showReviewClosing},
		{http.MethodPost, "/reviews/:review/close", signedIn, closeReview},
		{http.MethodGet, "/reviews/:review/receipt", signedIn, showReviewReceipt},
		{http.MethodGet, "/reviews/:review/receipt.csv", signedIn, exportReview},

		{http.MethodGet, "/organisations", signedIn, showOrganisations},
		{http.MethodPost, "/organisations", signedIn, switchOrganisation},
		{http.MethodGet, "/sign-ins", signedIn, listSignIns},
		{http.MethodPost, "/sign-ins", signedIn, endSignIns},
		{http.MethodGet, "/search", signedIn, showSearch},
		{http.MethodGet, "/help", signedIn, showHelp},
		{http.MethodPost, "/help", signedIn, sayRights},
		{http.MethodGet, "/kit", signedIn, showKit},
		{http.MethodGet, "/sandbox", signedIn, showSandbox},
		{http.MethodPost, "/sandbox", signedIn, changeSandbox},
		{http.MethodGet, "/healthz", plain, health},
		{http.MethodGet, "/readyz", plain, readiness},
	}
}

// probes are the paths that ask nobody and that anybody may ask.
func (a *App) probes() (paths []string) {
	for _, r := range a.routes() {
		if r.access == plain {
			paths = append(paths, a.urls.Base+r.path)
		}
	}
	return paths
}

// A Route is where a page is, and whether only those who signed in see it: then its path is below the
// organisation, else below the base.
type Route struct {
	Method, Path string
	SignedIn     bool
}

// Routes is every page, as routes has it, for those who walk them all: tests.
func (a *App) Routes() []Route {
	var list []Route
	for _, r := range a.routes() {
		list = append(list, Route{r.method, r.path, r.access == signedIn})
	}
	return list
}

const (
	// pageTime is how long a page may take, calls to Tallyfy included.
	pageTime = 25 * time.Second
	// readTime is how long all calls of a page that only reads may take together. The page itself, with its failure or its gap,
	// comes within 12 s, whatever hangs.
	readTime = 10 * time.Second
)

// wrap makes an Echo handler of a route.
func (a *App) wrap(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		whole := c.Request()
		ctx, cancel := context.WithTimeout(whole.Context(), pageTime)
		c.SetRequest(whole.WithContext(ctx))
		defer func() {
			cancel()
			c.SetRequest(whole) // an error is answered after this, and its page still takes a living context
		}()
		req := &request{Context: c, reader: reader{app: a, id: web.IDOf(c)}, route: r, began: time.Now()}
		if req.reads() {
			var done context.CancelFunc
			req.readCtx, done = context.WithTimeout(ctx, a.ReadTime)
			defer done()
		}
		c.Set(requestKey, req)
		req.freshness()
		defer func() {
			if req.tried {
				a.attempts.end(req.RealIP(), a.Now(), req.refused)
			}
		}()
		if r.access == plain {
			return r.handle(req)
		}
		s, err := a.openSession(c)
		if err != nil {
			return err
		}
		req.session = s
		notAdmitted := func(who *identity) bool { return !a.admits(who.Organisation.ID) }
		if slices.ContainsFunc(s.data.everywhere(), notAdmitted) { // since a change of the setting
			if err := a.end(c, s); err != nil {
				return err
			}
		}
		if r.access == signedIn {
			switch who := s.data.in(tallyfy.ID(web.Param(c, "org"))); {
			case who != nil:
				req.signedInAs(who)
				req.followChanges()
			case s.data.Who != nil:
				req.signedInAs(s.data.Who)
				if !plausibleID.MatchString(web.Param(c, "org")) {
					return echo.ErrNotFound
				}
				return req.notEntered(tallyfy.ID(web.Param(c, "org")))
			case r.method == http.MethodPost:
				return req.refuseForm()
			default:
				return req.sendToSignIn("")
			}
		}
		for _, name := range c.ParamNames() {
			if id := web.Param(c, name); !tallyfy.PlausibleID(id) && !slices.Contains([]string{"record", "entry", "event", "bulk", "job", "guest", "review"}, name) { // ours, which have a page for those that are none
				return echo.ErrNotFound
			}
		}
		if req.who != nil && req.who.ShutOut && r.path != "/organisations" && !r.isPicture() { // the way out
			if err := req.checkShutOut(); err != nil {
				return err
			}
		}
		if r.isFile() {
			err = req.file(r.handle)
		} else {
			err = r.handle(req)
		}
		if err != nil {
			req.sayRefused() // the page of an error stands for that of the form
		}
		if shut := req.shutOutBy(err); shut != nil {
			return shut
		}
		return err
	}
}

// oldAddress leads from the address that a page had before addresses named the organisation to the
// one in the organisation that was entered last. A form is sent on as it is: it says for which
// organisation it was opened.
func oldAddress(req *request) error {
	who := req.session.data.Who
	switch {
	case who != nil && who.ShutOut && req.route.path == "/": // the name of the program leads here
		return req.goTo(req.urls().In(who.Organisation.ID).Organisations())
	case who != nil:
		here := req.urls().Local(req.Request().URL.RequestURI())
		return req.Redirect(http.StatusTemporaryRedirect, req.urls().In(who.Organisation.ID).Below(here))
	case req.reads():
		return req.sendToSignIn("")
	}
	return req.refuseForm()
}

// recover turns a panic into an error page. The stack goes to the log only.
func (a *App) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if p := recover(); p != nil {
				if e, ok := p.(error); ok && errors.Is(e, http.ErrAbortHandler) {
					panic(p)
				}
				err = panicked(p)
			}
		}()
		return next(c)
	}
}

// panicked makes an error of what recover returned. It is called where that happened, so that the stack is the one that
// panicked.
func panicked(p any) error { return fmt.Errorf("panic: %v\n%s", p, debug.Stack()) }
