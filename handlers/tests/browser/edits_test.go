package browser_test

import (
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// A user goes through the pages in one way.
type user struct {
	*sitetest.Tab
	site     *sitetest.Site
	axe      string // the checker, "" where pages have no script
	width    int64
	keyboard bool
}

// users are the ways in which every flow has to work.
var users = map[string]struct {
	width            int64
	keyboard, script bool
}{
	"by mouse":       {1440, false, true},
	"by keyboard":    {1440, true, true},
	"without script": {1440, false, false},
	"on a phone":     {360, false, true},
}

// eachUser goes through a flow in every way, each on a site of its own.
func eachUser(t *testing.T, flow func(t *testing.T, u user)) {
	t.Parallel()
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		t.Log("axe is not installed (npm ci in .ci): accessibility is not tested")
	}
	for name, way := range users {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.New(t, sitetest.Options{Jobs: true})
			u := user{Tab: sitetest.OpenTab(t, s), site: s, width: way.width, keyboard: way.keyboard}
			u.SignIn()
			u.Screen(u.width, 900, "light")
			if way.script {
				u.axe = string(axe)
			} else {
				u.WithoutScript()
			}
			flow(t, u)
		})
	}
}

// press presses the button or link with that text.
func (u user) press(text string) {
	u.T.Helper()
	if u.keyboard {
		tabTo(u.Tab, text)
		return
	}
	u.Press(text)
}

// tick ticks or unticks the box that a selector finds.
func (u user) tick(selector string) {
	u.T.Helper()
	if u.keyboard {
		tabUntil(u.Tab, selector, fmt.Sprintf("document.activeElement.matches(%q)", selector))
		u.Do(chromedp.KeyEvent(" "))
		return
	}
	u.Do(chromedp.Click(selector))
}

// write replaces what is in a field.
func (u user) write(selector, text string) {
	u.T.Helper()
	if u.keyboard {
		tabUntil(u.Tab, selector, fmt.Sprintf("document.activeElement.matches(%q)", selector))
	} else {
		u.Do(chromedp.Click(selector))
	}
	u.Do(chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent(text))
}

// check runs the accessibility checker on the page as it is, in both colour schemes.
func (u user) check(where string) {
	u.T.Helper()
	if u.axe == "" || u.keyboard { // who sees what the mouse does
		return
	}
	for _, scheme := range []string{"dark", "light"} {
		u.Screen(u.width, 900, scheme)
		runAxe(u.Tab, u.axe, fmt.Sprintf("%s at %d px, %s", where, u.width, scheme))
	}
	assert.LessOrEqual(u.T, sitetest.Evaluate[int](u.Tab, "document.documentElement.scrollWidth - innerWidth"), 0, "%s is wider than the screen", where)
}

// A group is renamed. Somebody else renames it meanwhile: the page shows all three names, and takes the choice.
func TestBrowserRenamingAGroup(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		s := u.site
		id := s.Group("Finance").ID
		u.Open(s.GroupPath("Finance"))
		u.WaitForTitle("Finance")
		u.press("Edit")
		u.WaitForTitle("Edit Finance")
		u.write("#field-name", "Money")
		u.check("the form for a name")
		u.press("Save")
		u.WaitForTitle("Money")
		u.WaitForText(`div[@role="status"]`, "Finance is called Money now.")
		assert.Equal(t, id, s.Group("Money").ID)

		u.press("Edit")
		u.WaitForTitle("Edit Money")
		s.Sandbox.ChangeGroup(id, sandbox.GroupChange{Name: "Treasury"})
		u.write("#field-name", "Cash")
		u.press("Save")
		u.WaitForText("legend", "Name: changed since you opened the page")
		for _, text := range []string{"Money", "Treasury", "Cash"} {
			assert.Contains(t, sitetest.Evaluate[string](u.Tab, "document.querySelector('main form').textContent"), text)
		}
		assert.Zero(t, sitetest.Evaluate[int](u.Tab, "document.querySelectorAll('main form input:checked').length"), "nothing is chosen beforehand")
		u.check("a name that two people changed")
		if u.keyboard { // radio buttons are one stop of Tab
			tabUntil(u.Tab, "the choice", "document.activeElement.name === 'choice_name'")
			u.Do(chromedp.KeyEvent(kb.ArrowDown))
		} else {
			u.tick("input[name=choice_name][value=yours]")
		}
		u.press("Save")
		u.WaitForTitle("Cash")
		assert.Equal(t, id, s.Group("Cash").ID)
	})
}

// People come and go. Emptying the group is asked about first, and undone from the notice.
func TestBrowserChangingThePeopleOfAGroup(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		s := u.site
		noor, chiara := s.Member("noor.vandermeer").ID, s.Member("chiara.dangelo").ID
		u.Open(s.GroupPath("Payroll"))
		u.WaitForTitle("Payroll")
		u.press("Add or remove people")
		u.WaitForTitle("People in Payroll")
		u.write("#field-find", "noor")
		u.Do(chromedp.KeyEvent(kb.Enter))
		add := fmt.Sprintf("input[name=add][value='%d']", noor)
		u.Do(chromedp.WaitVisible(add))
		u.WaitForTitle("People in Payroll")
		u.tick(add)
		u.press("Save")
		u.WaitForTitle("Payroll")
		u.WaitForText(`div[@role="status"]`, "Noor van der Meer was added to Payroll.")
		assert.ElementsMatch(t, []int{chiara, noor}, s.Group("Payroll").Members)

		u.press("Add or remove people")
		u.WaitForTitle("People in Payroll")
		for _, id := range sitetest.Evaluate[[]string](u.Tab, "[...document.querySelectorAll('input[name=remove]')].map((box) => box.value)") {
			u.tick(fmt.Sprintf("input[name=remove][value='%s']", id))
		}
		u.check("people chosen to leave")
		u.press("Save")
		u.WaitForTitle("Change who is in Payroll?")
		u.WaitForText("p", "Nobody is left in Payroll")
		assert.Len(t, s.Group("Payroll").Members, 2, "nothing is changed yet")
		u.check("the preview")
		u.tick("#field-sure")
		u.press("Change the group")
		u.WaitForTitle("Payroll")
		assert.Empty(t, s.Group("Payroll").Members)
		u.press("Undo")
		u.WaitForTitle("Undo a change of Payroll")
		u.check("the undoing")
		u.press("Undo this change")
		u.WaitForTitle("Payroll")
		assert.ElementsMatch(t, []int{chiara, noor}, s.Group("Payroll").Members)
	})
}

// Boxes of people against groups are changed, reviewed, saved and undone.
func TestBrowserChangingBoxes(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		s := u.site
		finance, legal := s.Group("Finance"), s.Group("Legal")
		field := "in"
		if u.width < 400 {
			field = "listed"
		}
		box := func(group sandbox.Group, member string) string {
			return fmt.Sprintf("input[name=%s][value='%s %s']", field, group.ID, s.ID(member))
		}
		u.Open("/access?group=" + finance.ID + "&group=" + legal.ID)
		u.WaitForTitle("Access")
		if u.axe != "" {
			u.Do(chromedp.WaitReady("input[name=in][tabindex='-1']")) // the script is there
		}
		u.check("the boxes")
		if u.width < 400 { // who is not in the group is behind a summary
			u.Do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll(".matrix-lists details").forEach((d) => (d.open = true))`))
		}
		u.changeBox(box(finance, "chiara.dangelo"))
		u.changeBox(box(legal, "aino.makela"))
		button := "Review changes"
		if u.axe != "" {
			button = "Review 2 changes"
			assert.Equal(t, button, sitetest.Evaluate[string](u.Tab, "document.querySelector('.review-bar button').textContent.trim()"))
			assert.Equal(t, 2, sitetest.Evaluate[int](u.Tab, "[...document.querySelectorAll('.changed')].filter((e) => e.checkVisibility()).length"), "the changed ones are marked")
			u.changeBox(box(legal, "aino.makela"))
			assert.Equal(t, "Review 1 change", sitetest.Evaluate[string](u.Tab, "document.querySelector('.review-bar button').textContent.trim()"))
			u.changeBox(box(legal, "aino.makela"))
			assert.Equal(t, "add page press remove", sitetest.Evaluate[string](u.Tab, `[...new FormData(document.querySelector("[data-access]")).keys()].filter((name) => !["as", "q", "like", "show", "find", "group"].includes(name)).sort().join(" ")`), "the changes alone are sent")
		}
		u.check("changed boxes")
		if u.keyboard {
			u.Do(chromedp.KeyEvent(kb.Enter)) // in a box
		} else {
			u.press(button)
		}
		u.WaitForTitle("Change 2 groups?")
		u.check("the review")
		u.press("Change 2 groups")
		u.WaitForTitle("Access")
		u.WaitForText(`div[@role="status"]`, "was added to Legal")
		assert.NotContains(t, s.Group("Finance").Members, s.Member("chiara.dangelo").ID)
		assert.Len(t, s.Group("Finance").Members, len(finance.Members)-1)
		assert.ElementsMatch(t, append(legal.Members, s.Member("aino.makela").ID), s.Group("Legal").Members)
		if u.keyboard { // the notice stands above the heading, which has the focus
			u.Do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(kb.ModifierShift)))
			require.Equal(t, "Undo", sitetest.Evaluate[string](u.Tab, "document.activeElement.textContent"))
			u.Do(chromedp.KeyEvent(kb.Enter))
		} else {
			u.press("Undo")
		}
		u.WaitForText("button", "Undo this change")
		u.check("the undoing of several groups")
		u.press("Undo this change")
		require.Eventually(t, func() bool {
			return len(s.Group("Finance").Members) == len(finance.Members) && len(s.Group("Legal").Members) == len(legal.Members)
		}, time.Minute, 10*time.Millisecond)
		assert.ElementsMatch(t, legal.Members, s.Group("Legal").Members)
	})
}

// changeBox ticks or unticks a box: by keyboard it is reached with the arrow keys, for the table is one stop of Tab.
func (u user) changeBox(selector string) {
	u.T.Helper()
	if !u.keyboard {
		u.tick(selector)
		return
	}
	if !sitetest.Evaluate[bool](u.Tab, "document.activeElement.name === 'in'") {
		tabUntil(u.Tab, "the boxes", "document.activeElement.name === 'in'")
	}
	const place = "((box) => [box.closest('tr').rowIndex, box.closest('td').cellIndex])"
	for range 200 {
		d := sitetest.Evaluate[[]int](u.Tab, fmt.Sprintf("((a, b) => [b[0] - a[0], b[1] - a[1]])(%[1]s(document.activeElement), %[1]s(document.querySelector(%[2]q)))", place, selector))
		switch {
		case d[0] > 0:
			u.Do(chromedp.KeyEvent(kb.ArrowDown))
		case d[0] < 0:
			u.Do(chromedp.KeyEvent(kb.ArrowUp))
		case d[1] > 0:
			u.Do(chromedp.KeyEvent(kb.ArrowRight))
		case d[1] < 0:
			u.Do(chromedp.KeyEvent(kb.ArrowLeft))
		default:
			u.Do(chromedp.KeyEvent(" "))
			return
		}
	}
	require.Fail(u.T, "the arrow keys do not reach "+selector)
}

// Each box has the names of its person and its group, is large enough to hit, and is in sight when the arrow keys reach it:
// neither the heads of the table nor the bar with the button cover it.
func TestBrowserBoxesAreNamedAndInSight(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Screen(900, 700, "light")
	b.Open("/access")
	b.WaitForTitle("Access")
	b.Do(chromedp.WaitReady("input[name=in][tabindex='-1']"))
	assert.Empty(t, sitetest.Evaluate[[]string](b, `[...document.querySelectorAll("input[name=in]")].flatMap((box) => {
		const name = box.getAttribute("aria-labelledby").split(" ").map((id) => document.getElementById(id)?.textContent.trim());
		const { width, height } = box.closest("label").getBoundingClientRect();
		return name.length === 2 && name.every(Boolean) && width >= 24 && height >= 24 ? [] : [box.value + ": " + name + ", " + width + " by " + height];
	})`))
	const hidden = `(() => {
		const box = document.activeElement.getBoundingClientRect();
		const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
		return top?.closest("label")?.contains(document.activeElement) ? "" : document.activeElement.value + " is under " + top?.outerHTML.slice(0, 80);
	})()`
	tabUntil(b, "the boxes", "document.activeElement.name === 'in'")
	for _, key := range []string{kb.ArrowDown, kb.ArrowRight, kb.ArrowUp, kb.ArrowLeft} {
		for range 30 {
			b.Do(chromedp.KeyEvent(key))
			require.Empty(t, sitetest.Evaluate[string](b, hidden))
		}
	}
}

// follow presses the link or button that a selector finds.
func (u user) follow(selector string) {
	u.T.Helper()
	if u.keyboard {
		tabUntil(u.Tab, selector, fmt.Sprintf("document.activeElement.matches(%q)", selector))
		u.Do(chromedp.KeyEvent(kb.Enter))
		return
	}
	u.Do(chromedp.Click(selector))
}

// choose chooses a radio button of a group of them, which is one stop of Tab.
func (u user) choose(name, value string) {
	u.T.Helper()
	selector := fmt.Sprintf("input[name=%s][value='%s']", name, value)
	if !u.keyboard {
		u.tick(selector)
		return
	}
	tabUntil(u.Tab, name, fmt.Sprintf("document.activeElement.name === %q", name))
	u.Do(chromedp.KeyEvent(" "))
	for range 5 {
		if sitetest.Evaluate[bool](u.Tab, fmt.Sprintf("document.querySelector(%q).checked", selector)) {
			return
		}
		u.Do(chromedp.KeyEvent(kb.ArrowDown))
	}
	require.Fail(u.T, "the arrow keys do not reach "+selector)
}

// A person gets the groups of a colleague, leaves one, and all of it is undone. Then they are removed, and brought back to
// the same groups.
func TestBrowserGroupsOfAMember(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		s := u.site
		before := s.Member("hugo.marchetti").Groups
		u.Open(s.MemberPath("hugo.marchetti"))
		u.WaitForTitle("Hugo Marchetti")
		u.press("Add to groups…")
		u.WaitForTitle("Groups of Hugo Marchetti")
		u.check("the groups of somebody")
		u.write("#field-who", "chiara")
		u.Do(chromedp.KeyEvent(kb.Enter))
		chiara := fmt.Sprintf("button[name=choose][value='%s']", s.ID("chiara.dangelo"))
		u.Do(chromedp.WaitVisible(chiara))
		u.WaitForTitle("Groups of Hugo Marchetti")
		u.follow(chiara)
		u.WaitForText("legend", "that Hugo Marchetti is not in")
		assert.Zero(t, sitetest.Evaluate[int](u.Tab, "document.querySelectorAll('main form input:checked').length"), "nothing is ticked beforehand")
		u.tick(fmt.Sprintf("input[name=add][value='%s']", s.Group("Finance").ID))
		u.tick(fmt.Sprintf("input[name=remove][value='%s']", s.Group("Warehouse Rotterdam").ID))
		u.check("the groups of a colleague")
		u.press("Save")
		u.WaitForTitle("Hugo Marchetti")
		u.WaitForText(`div[@role="status"]`, "Hugo Marchetti was added to Finance. Hugo Marchetti was taken out of Warehouse Rotterdam.")
		u.press("Undo")
		u.WaitForTitle("Undo a change of 2 groups")
		u.press("Undo this change")
		u.WaitForTitle("Receipt")
		assert.ElementsMatch(t, before, s.Member("hugo.marchetti").Groups)

		other := s.As(t)
		other.SignIn()
		other.Remove("hugo.marchetti", "maren.dahl").Whole(http.StatusOK)
		u.Open(s.MemberPath("hugo.marchetti"))
		u.WaitForTitle("Hugo Marchetti")
		u.press("Bring back…")
		u.WaitForTitle("Bring Hugo Marchetti back")
		u.check("bringing back")
		u.choose("groups", "same")
		u.press("Show the plan")
		u.WaitForText("p", "Nothing has changed yet.")
		u.check("the plan of bringing back")
		u.follow("main form[method=post] button")
		u.WaitForText(`div[@role="status"]`, "Hugo Marchetti is back in Aldermoor Logistics.")
		assert.ElementsMatch(t, before, s.Member("hugo.marchetti").Groups)
	})
}

// A group is copied, the copy is merged into another group, and created again from the deleted ones.
func TestBrowserCopyMergeAndTrash(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		s := u.site
		u.Open(s.GroupPath("Works Council"))
		u.WaitForTitle("Works Council")
		u.press("Copy")
		u.WaitForTitle("New group")
		u.check("the copy of a group")
		u.write("#field-name", "Council of others")
		u.press("Create the group")
		u.WaitForTitle("Council of others")
		people := s.Group("Council of others").Members
		require.NotEmpty(t, people)
		u.press("Merge into another group…")
		u.WaitForText("h2", "Merge into")
		u.write("#field-q", "legal")
		u.Do(chromedp.KeyEvent(kb.Enter))
		u.Do(chromedp.WaitNotPresent(`//main//a[contains(., "Finance")]`))
		u.WaitForText("h2", "Merge into")
		u.check("the choice of a group to merge into")
		u.press("Legal")
		u.WaitForTitle("Merge Council of others into Legal?")
		u.check("the plan of a merge")
		u.follow("main form[method=post] button")
		u.WaitForTitle("Legal")
		u.WaitForText(`div[@role="status"]`, "Council of others was deleted.")
		assert.False(t, s.Exists("Council of others"))
		assert.Subset(t, s.Group("Legal").Members, people)

		u.Open("/trash")
		u.WaitForTitle("Deleted groups")
		u.check("deleted groups")
		u.follow("main a[href$='/restore']")
		u.WaitForTitle("Create Council of others again?")
		u.check("the plan of creating again")
		u.press("Create it again")
		u.WaitForTitle("Council of others")
		assert.ElementsMatch(t, people, s.Group("Council of others").Members)
	})
}
