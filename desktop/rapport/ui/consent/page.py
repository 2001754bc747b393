"""The browser view of the consent child, hardened: off the record, no pop-ups, no local files."""

from __future__ import annotations

import urllib.request
from urllib.parse import unquote, urlsplit

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtNetwork import QAuthenticator
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)

from rapport.ui.consent.guard import Guard

_OFF = (
    QWebEngineSettings.WebAttribute.LocalContentCanAccessFileUrls,
    QWebEngineSettings.WebAttribute.LocalContentCanAccessRemoteUrls,
    QWebEngineSettings.WebAttribute.PluginsEnabled,
    QWebEngineSettings.WebAttribute.PdfViewerEnabled,
    QWebEngineSettings.WebAttribute.WebGLEnabled,
    QWebEngineSettings.WebAttribute.ScreenCaptureEnabled,
    QWebEngineSettings.WebAttribute.JavascriptCanAccessClipboard,
    QWebEngineSettings.WebAttribute.AllowRunningInsecureContent,
    QWebEngineSettings.WebAttribute.FullScreenSupportEnabled,
    QWebEngineSettings.WebAttribute.HyperlinkAuditingEnabled,
    QWebEngineSettings.WebAttribute.DnsPrefetchEnabled,
    # Nobody sees the icon, and decoding a picture is a risk.
    QWebEngineSettings.WebAttribute.AutoLoadIconsForPage,
)


class _Interceptor(QWebEngineUrlRequestInterceptor):
    """``acceptNavigationRequest`` sees no images and no fetches; this sees every request."""

    def __init__(self, guard: Guard, parent: QObject) -> None:
        super().__init__(parent)
        self._guard = guard

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        if not self._guard.may_load(info.requestUrl().toString()):
            info.block(True)


class PrivateProfile(QWebEngineProfile):
    """A profile without a name is off the record: nothing of it reaches the disk."""

    def __init__(self, guard: Guard, parent: QObject) -> None:
        super().__init__(parent)
        assert self.isOffTheRecord()
        # Kept by us: Qt does not own the Python half, and without it everything would be loaded.
        self._interceptor = _Interceptor(guard, self)
        self.setUrlRequestInterceptor(self._interceptor)
        self.downloadRequested.connect(_refuse_download)
        settings = self.settings()
        for attribute in _OFF:
            settings.setAttribute(attribute, False)


def _refuse_download(request: QWebEngineDownloadRequest) -> None:
    request.cancel()


class ConsentPage(QWebEnginePage):
    """Reports the redirect instead of following it, and refuses to leave the provider."""

    redirected = Signal(str)
    refused = Signal(str)
    """The host that the page wanted to go to."""

    def __init__(self, profile: QWebEngineProfile, guard: Guard, parent: QObject) -> None:
        super().__init__(profile, parent)
        self._guard = guard
        self._done = False
        self._proxy_asked = False
        self.permissionRequested.connect(_deny)
        self.newWindowRequested.connect(self._same_window)
        self.proxyAuthenticationRequired.connect(self._sign_in_to_proxy)

    def acceptNavigationRequest(
        self, url: QUrl | str, type: QWebEnginePage.NavigationType, isMainFrame: bool
    ) -> bool:
        address = QUrl(url).toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if self._guard.is_callback(address):
            # Only the page itself may finish the sign-in, and only once.
            if isMainFrame and not self._done:
                self._done = True
                self.redirected.emit(address)
            return False
        allowed = self._guard.may_navigate(address)
        if not allowed and isMainFrame:
            self.refused.emit(QUrl(url).host())
        return allowed

    def javaScriptConsoleMessage(
        self,
        level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        message: str,
        lineNumber: int,
        sourceID: str,
    ) -> None:
        """The page's own log may hold anything: dropped."""

    def _sign_in_to_proxy(self, url: QUrl, authenticator: QAuthenticator, host: str) -> None:
        """Chromium takes the proxy from the environment, but not the name and password in it."""
        known = _named_in_environment(host)
        if known is not None and not self._proxy_asked:
            self._proxy_asked = True  # what is refused once would be refused for ever
            authenticator.setUser(known[0])
            authenticator.setPassword(known[1])

    def _same_window(self, request: QWebEngineNewWindowRequest) -> None:
        # No pop-ups. A link meant for a new window may open here if it may open at all.
        if request.isUserInitiated() and self._guard.may_navigate(
            request.requestedUrl().toString()
        ):
            self.load(request.requestedUrl())


def _named_in_environment(host: str) -> tuple[str, str] | None:
    """Name and password for the proxy ``host``."""
    for address in urllib.request.getproxies().values():
        try:
            proxy = urlsplit(address)
        except ValueError:
            continue
        if proxy.hostname == host.lower() and proxy.username:
            return unquote(proxy.username), unquote(proxy.password or "")
    return None


def _deny(permission: QWebEnginePermission) -> None:
    permission.deny()
