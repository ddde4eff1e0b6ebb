"""usage: browser.py EXAMPLE_SERVE SAMPLE FOLDER
The live page in a headless browser: clicks change lists, reasons and times; names are text, whatever they are; no errors in
the console; nothing wider than the window. FOLDER gets a picture of 1,200 and one of 400 pixels."""
import pathlib
import shutil
import sys
import tempfile

from program import SKIPPED, Service, check, write_shop

try:
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    print("skipped: there is no selenium (Debian: python3-selenium)")
    sys.exit(SKIPPED)
browser_path, driver_path = shutil.which("chromium"), shutil.which("chromedriver")
if not browser_path or not driver_path:
    print("skipped: there is no browser (Debian: chromium, chromium-driver)")
    sys.exit(SKIPPED)

program, sample, pictures = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
HOSTILE = "<script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>"


def start_browser():
    options = webdriver.ChromeOptions()
    options.binary_location = browser_path
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", "--force-device-scale-factor=1"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    from selenium.webdriver.chrome.service import Service as Driver
    try:
        return webdriver.Chrome(service=Driver(driver_path), options=options)
    except TypeError:  # selenium 3
        return webdriver.Chrome(executable_path=driver_path, options=options)


def texts(browser, selector):
    return [found.text for found in browser.find_elements(By.CSS_SELECTOR, selector)]


def wait_until(browser, condition, sentence):
    try:
        WebDriverWait(browser, 20, poll_frequency=0.05, ignored_exceptions=[Exception]).until(lambda _: condition())
    except Exception:
        raise SystemExit(f"FAILED: {sentence}; the page says: {texts(browser, '#problem')}")


def click_first_product(browser):
    before = texts(browser, "#list .row .name"), texts(browser, "#count")
    browser.find_element(By.CSS_SELECTOR, "#products button").click()
    wait_until(browser, lambda: texts(browser, "#count") != before[1], "a click must be counted")
    wait_until(browser, lambda: texts(browser, "#list .row .name") not in ([], before[0]), "a click must change the list")


def check_widths(browser):
    for width in (1200, 400):
        # The window of a browser is not as small as a telephone's.
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        check(wide <= width, f"the page must fit {width} pixels, it has {wide}")
        height = browser.execute_script("return document.documentElement.scrollHeight")
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        for scheme in ("light", "dark"):
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                    {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            browser.save_screenshot(str(pictures / f"page-{width}-{scheme}.png"))


def visit(browser, address):
    browser.set_window_size(1200, 900)
    browser.get(address)
    wait_until(browser, lambda: len(texts(browser, "#list .row")) == 10, "there must be a list")
    check(texts(browser, "#source") == ["from the training"], "a known customer's list is from the training")
    browser.find_element(By.ID, "new").click()
    wait_until(browser, lambda: texts(browser, "#source") == ["popular with all"], "a new one gets popular products")
    check(not texts(browser, ".because"), "popular products have no reasons")
    click_first_product(browser)
    wait_until(browser, lambda: texts(browser, "#source") == ["from the history, live"], "a click must be learnt")
    reasons = texts(browser, ".because")
    check(reasons and all("because you took" in text for text in reasons), "there must be reasons")
    check(any(HOSTILE.lower() in text.lower() for text in reasons), "a name must be shown as it is")
    similar = texts(browser, "#similar .product")
    check(len(similar) == 8, "there must be similar products")
    browser.find_element(By.CSS_SELECTOR, "#similar button").click()
    wait_until(browser, lambda: texts(browser, "#count") == ["2 products"], "two products were taken")
    wait_until(browser, lambda: texts(browser, "#similar .product") not in ([], similar), "others are similar now")
    search = browser.find_element(By.ID, "search")
    search.send_keys("clock")
    wait_until(browser, lambda: texts(browser, "#products .product") and
               all("clock" in text.lower() for text in texts(browser, "#products .product")), "a search must find clocks")
    browser.find_element(By.CSS_SELECTOR, "#products button").click()
    wait_until(browser, lambda: texts(browser, "#count") == ["3 products"], "three products were taken")
    check("s" in texts(browser, "#inside")[0] and "s" in texts(browser, "#trip")[0], "there must be times")
    line = browser.execute_script("return document.querySelector('#trip-line polyline').getAttribute('points')")
    check(len(line.split()) >= 4, "each list must be a point of the line")
    check(browser.execute_script("return window.hurt === undefined"), "a name must not be run")
    check(browser.execute_script("return document.querySelectorAll('main img, main script').length") == 0,
          "a name must not become an element")
    check_widths(browser)
    errors = [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    check(not errors, f"the console must be silent, got {errors}")


with tempfile.TemporaryDirectory() as name:
    place = write_shop(name, sample)
    # A hostile product that many have, so that it is the first of the page.
    with open(place / "purchases.csv", encoding="utf-8") as file:
        customers = sorted({line.split(",")[0] for line in list(file)[1:]})[:1500]
    with open(place / "purchases.csv", "a", encoding="utf-8") as file:
        file.writelines(f"{customer},\"{HOSTILE}\",1,1,2011-12-01T10:00\n" for customer in customers)
    with open(place / "items.csv", "a", encoding="utf-8") as file:
        file.write(f"\"{HOSTILE}\",\"{HOSTILE}\"\n")
    with Service(program, place) as service:
        page = start_browser()
        try:
            visit(page, service.address)
        finally:
            page.quit()
print(f"the page is well; pictures are in {pictures}")
