internal import ByteStreams
internal import CCurl
internal import Glibc

/// How transfers are made.
struct TransferSettings: Sendable {
    /// What the program calls itself.
    var userAgent = "sbomkit"
    /// Whether certificates are checked.
    var checksCertificates = true
    /// How long no byte, or next to none, may come until a transfer counts as stalled, in milliseconds.
    var stallTime = 30_000
    /// How long it may take to connect, in milliseconds.
    var connectTime = 30_000
    /// The certificates that are trusted, and the one that is shown.
    var trust = TrustSettings()
}

/// The certificates of a connection.
struct TrustSettings: Sendable, Hashable {
    /// The authorities, all in one text; nil takes those that libcurl was built for.
    var authorities: [UInt8]?
    /// A file of authorities instead.
    var authorityFile: String?
    /// Folders of authorities besides, as OpenSSL names them.
    var authorityFolder: String?
    /// The files with the certificate of the client and its key.
    var client: ClientCertificate?

    struct ClientCertificate: Sendable, Hashable {
        let certificate: String
        let key: String
    }
}

/// A connection to servers, which is kept for the next transfer.
///
/// It owns the handles of libcurl, and is the only code that touches them.
@safe final class HTTPConnection: @unchecked Sendable {
    // A class, because libcurl keeps its address.
    // SAFETY: One transfer at a time uses a connection, and a transfer has one reader: ``HTTPClient`` hands connections
    // out and takes them back under a lock.
    private let easy: OpaquePointer
    private let multi: OpaquePointer
    private let errorText: UnsafeMutableBufferPointer<CChar>
    private var fields: OpaquePointer?
    private var isAdded = false

    /// What has arrived and was not yet read.
    private var buffer: [UInt8] = []
    private var position = 0
    private var isPaused = false
    private var headSize = 0
    private var status = 0
    private var headFields: [(name: String, value: String)] = []
    private var isHeadComplete = false
    private var isHeadTooLarge = false
    /// The result of libcurl, once the transfer has ended.
    private var result: Int?
    private var stallTime = 0
    private var stallClock = 0
    private var arrivedSince = 0

    /// Loads libcurl, once in a process; the text says why it cannot be loaded.
    private static let problem: String? = {
        // SAFETY: `ccurl_load` returns a constant string.
        unsafe ccurl_load().map { unsafe String(cString: $0) }
    }()

    /// So many bytes are taken from the network before somebody reads them.
    private static let bufferSize = 512 << 10
    /// The bytes that have to come within the stall time.
    private static let leastBytes = 1_000

    init() throws(HTTPFailure) {
        if let problem = Self.problem { throw HTTPFailure(kind: .refused, description: problem) }
        // SAFETY: The handles are freed in `deinit`, and nothing else keeps them.
        guard let easy = unsafe ccurl_easy_init(), let multi = unsafe ccurl_multi_init() else {
            throw HTTPFailure(kind: .refused, description: "libcurl has no memory")
        }
        unsafe self.easy = easy
        unsafe self.multi = multi
        unsafe errorText = .allocate(capacity: 256)
        unsafe errorText.initialize(repeating: 0)
    }

    deinit {
        stop()
        // SAFETY: The transfer was taken out of `multi`, and both are used by this object alone.
        unsafe ccurl_easy_cleanup(easy)
        unsafe ccurl_multi_cleanup(multi)
        unsafe errorText.deallocate()
    }

    /// Begins a transfer; to be called while there is none.
    func start(_ request: HTTPRequest, _ settings: TransferSettings) {
        stop()
        buffer.removeAll(keepingCapacity: true)
        position = 0
        (isPaused, isHeadComplete, isHeadTooLarge) = (false, false, false)
        (headSize, status, headFields, result) = (0, 0, [], nil)
        stallTime = settings.stallTime
        (stallClock, arrivedSince) = (0, 0)
        // SAFETY: All strings are copied by libcurl; the list of fields and the buffer of the error live until `stop`. The
        // functions get this object as their state, and are called only while it waits in `pump`.
        unsafe ccurl_easy_reset(easy)
        unsafe errorText[0] = 0
        unsafe set(ccurl_option_error_buffer, UnsafeRawPointer(errorText.baseAddress))
        let state = unsafe UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        unsafe set(ccurl_option_write_data, state)
        unsafe set(ccurl_option_header_data, state)
        unsafe ccurl_set_write_function(easy) { bytes, one, count, state in
            guard let bytes = unsafe bytes, let state = unsafe state else { return 0 }
            let connection = unsafe Unmanaged<HTTPConnection>.fromOpaque(state).takeUnretainedValue()
            return unsafe connection.take(UnsafeRawBufferPointer(start: bytes, count: one * count))
        }
        unsafe ccurl_set_header_function(easy) { bytes, one, count, state in
            guard let bytes = unsafe bytes, let state = unsafe state else { return 0 }
            let connection = unsafe Unmanaged<HTTPConnection>.fromOpaque(state).takeUnretainedValue()
            return unsafe connection.takeField(UnsafeRawBufferPointer(start: bytes, count: one * count))
        }
        let address = request.address
        set(ccurl_option_url, address.text)
        set(ccurl_option_user_agent, settings.userAgent)
        // A bit each: 1 is http, 2 is https. Redirects are followed by the caller.
        set(ccurl_option_protocols, 3)
        set(ccurl_option_follow_location, 0)
        set(ccurl_option_path_as_is, 1)
        set(ccurl_option_netrc, 0)
        set(ccurl_option_no_signal, 1)
        set(ccurl_option_suppress_connect_headers, 1)
        set(ccurl_option_connect_timeout, max(1, settings.connectTime / 1_000))
        set(ccurl_option_buffer_size, 256 << 10)
        // libcurl would ask a proxy for this machine too.
        if address.origin.isLoopback { set(ccurl_option_no_proxy, "*") }
        trust(settings)
        switch request.method {
        case .get: set(ccurl_option_http_get, 1)
        case .head: set(ccurl_option_no_body, 1)
        case .post(let form):
            set(ccurl_option_post_field_size, form.value.utf8.count)
            set(ccurl_option_copy_post_fields, form.value)
        }
        if let accept = request.accept { add(field: "Accept: \(accept)") }
        if let first = request.firstByte { add(field: "Range: bytes=\(first)-") }
        if let authorization = request.authorization { add(field: "Authorization: \(authorization.value)") }
        unsafe set(ccurl_option_http_header, fields.map { unsafe UnsafeRawPointer($0) })
        isAdded = unsafe ccurl_multi_add(multi, easy) == 0
        if !isAdded { result = ccurl_cannot_connect }
    }

    private func trust(_ settings: TransferSettings) {
        if !settings.checksCertificates {
            set(ccurl_option_verify_peer, 0)
            set(ccurl_option_verify_host, 0)
        }
        let trust = settings.trust
        if let file = trust.authorityFile { set(ccurl_option_ca_file, file) }
        if let folder = trust.authorityFolder { set(ccurl_option_ca_folder, folder) }
        if let authorities = trust.authorities {
            // SAFETY: The bytes are copied by libcurl.
            unsafe authorities.withUnsafeBytes { bytes in
                _ = unsafe ccurl_set_ca_bytes(easy, bytes.baseAddress, bytes.count)
            }
        }
        if let client = trust.client {
            set(ccurl_option_ssl_certificate, client.certificate)
            set(ccurl_option_ssl_key, client.key)
        }
    }

    /// Ends the transfer, wherever it is.
    func stop() {
        // SAFETY: The transfer is taken out before what it points to is freed.
        if isAdded { _ = unsafe ccurl_multi_remove(multi, easy) }
        isAdded = false
        if let list = unsafe fields { unsafe ccurl_list_free(list) }
        unsafe fields = nil
    }

    /// The status and the header; waits until they are here.
    func head() throws(HTTPFailure) -> HTTPHead {
        while !isHeadComplete, result == nil { pump() }
        if !isHeadComplete || isHeadTooLarge { try finish() }
        guard isHeadComplete else { throw HTTPFailure(kind: .interrupted, description: "the answer has no header") }
        return HTTPHead(status: status, fields: headFields)
    }

    /// Appends what has come of the body, and waits until something has; nothing at its end.
    func read(onto output: inout OutputSpan<UInt8>) throws(HTTPFailure) {
        while position == buffer.count {
            if result != nil { return try finish() }
            buffer.removeAll(keepingCapacity: true)
            position = 0
            if isPaused {
                isPaused = false
                // SAFETY: The handle lives as long as this object. What was held back arrives within the call.
                _ = unsafe ccurl_easy_resume(easy)
            }
            if buffer.isEmpty { pump() }
        }
        position += output.append(fitting: buffer.span.extracting(position...))
    }

    /// Throws unless libcurl says that the whole answer has come.
    private func finish() throws(HTTPFailure) {
        guard let result, result != ccurl_ok else { return }
        if isHeadTooLarge {
            throw HTTPFailure(kind: .refused, description: "\(LimitError(name: "responseHeadSize"))")
        }
        // SAFETY: libcurl wrote a terminated string of at most 256 bytes; the other one is a constant.
        var text = unsafe errorText.baseAddress.map { unsafe String(cString: $0) } ?? ""
        if text.isEmpty { text = unsafe String(cString: ccurl_easy_strerror(CInt(clamping: result))) }
        let kind: HTTPFailure.Kind =
            switch result {
            case ccurl_cannot_resolve, ccurl_cannot_resolve_proxy, ccurl_cannot_connect: .unreachable
            case ccurl_timeout: isHeadComplete ? .interrupted : .unreachable
            case ccurl_tls: .notSecure
            case ccurl_peer_certificate, ccurl_client_certificate, ccurl_ca_file: .certificate
            case ccurl_partial, ccurl_receive, ccurl_send, ccurl_got_nothing, ccurl_http2,
                ccurl_http2_stream:
                .interrupted
            default: .refused
            }
        throw HTTPFailure(kind: kind, description: text.split(whereSeparator: { $0.isNewline }).joined(separator: " "))
    }

    // MARK: What libcurl calls

    /// Lets libcurl work, and waits for the network if there was nothing to do.
    private func pump() {
        let before = (buffer.count, headSize)
        // SAFETY: The handles live as long as this object; the functions that are called back write to it alone, and no
        // other thread uses it.
        var running: CInt = 0
        _ = unsafe ccurl_multi_perform(multi, &running)
        var code: CInt = 0
        if unsafe ccurl_multi_result(multi, &code) != 0 { result = Int(code) }
        guard result == nil, before == (buffer.count, headSize) else { return }
        let start = Clock.milliseconds
        _ = unsafe ccurl_multi_poll(multi, CInt(clamping: min(1_000, stallTime)))
        // Only the time counts that is spent waiting: whoever reads slowly stalls nothing.
        stallClock += Clock.milliseconds - start
        guard stallClock >= stallTime else { return }
        if arrivedSince < Self.leastBytes {
            result = ccurl_timeout
            let seconds = max(1, stallTime / 1_000)
            say("nothing, or next to nothing, came for \(seconds) s")
        }
        (stallClock, arrivedSince) = (0, 0)
    }

    private func say(_ text: String) {
        // SAFETY: The text is shorter than the buffer, and terminated by the zero that follows it.
        for (place, byte) in text.utf8.prefix(255).enumerated() { unsafe errorText[place] = CChar(bitPattern: byte) }
        unsafe errorText[min(text.utf8.count, 255)] = 0
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard buffer.count - position < Self.bufferSize else {
            isPaused = true
            return ccurl_write_pause
        }
        isHeadComplete = true
        // SAFETY: libcurl gives as many bytes as it says, for the time of the call.
        unsafe buffer.append(contentsOf: bytes)
        arrivedSince += bytes.count
        return bytes.count
    }

    private func takeField(_ bytes: UnsafeRawBufferPointer) -> Int {
        let count = bytes.count
        headSize += count
        arrivedSince += count
        guard headSize <= Limits.responseHeadSize else {
            isHeadTooLarge = true
            return 0
        }
        // SAFETY: As above.
        let line = unsafe String(decoding: bytes, as: UTF8.self).trimmingLineEnd
        if line.hasPrefix("HTTP/") {
            // An earlier one was that of an interim answer (RFC 9110 §15.2).
            status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            headFields = []
        } else if line.isEmpty {
            isHeadComplete = !(100..<200).contains(status)
        } else if !isHeadComplete, let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            headFields.append((line[..<colon].lowercased(), String(value)))
        }
        return count
    }

    // MARK: Options

    private func set(_ option: Int, _ value: Int) {
        // SAFETY: The number of the option is one that takes a long.
        _ = unsafe ccurl_set_long(easy, CInt(clamping: option), value)
    }

    private func set(_ option: Int, _ value: String) {
        // SAFETY: The string is terminated and copied by libcurl.
        _ = unsafe value.withCString { unsafe ccurl_set_pointer(easy, CInt(clamping: option), $0) }
    }

    private func set(_ option: Int, _ value: UnsafeRawPointer?) {
        // SAFETY: What the pointer leads to lives until `stop`.
        _ = unsafe ccurl_set_pointer(easy, CInt(clamping: option), value)
    }

    private func add(field: String) {
        // SAFETY: The string is copied; the list is kept until `stop`.
        if let longer = unsafe ccurl_list_append(fields, field) { unsafe fields = longer }
    }
}

extension String {
    fileprivate var trimmingLineEnd: String {
        var text = self[...]
        while let last = text.unicodeScalars.last, last == "\r" || last == "\n" || last == " " || last == "\t" {
            text.unicodeScalars.removeLast()
        }
        return String(text)
    }
}

/// The clock by which waiting is measured.
enum Clock {
    /// Since some moment, in milliseconds.
    static var milliseconds: Int {
        var time = timespec()
        // SAFETY: The kernel writes one `timespec`, and keeps no pointer to it.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }

    /// Waits.
    static func sleep(milliseconds: Int) {
        let end = Self.milliseconds + milliseconds
        while case let left = end - Self.milliseconds, left > 0 {
            // A signal ends the waiting early.
            _ = poll(nil, 0, CInt(clamping: left))
        }
    }
}
