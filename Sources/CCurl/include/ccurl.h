#ifndef SBOMKIT_CURL_H
#define SBOMKIT_CURL_H

#include <stddef.h>

// The part of libcurl's interface that is used, with its names and numbers (curl/curl.h, curl/multi.h). They have not
// changed since libcurl.so.4 exists, so that no header of libcurl is needed to build. The library is opened when the first
// transfer begins: whoever reads no registry does not load it and need not have it.

// Options of a transfer.
enum {
    ccurl_option_write_data = 10001,
    ccurl_option_url = 10002,
    ccurl_option_error_buffer = 10010,
    ccurl_option_user_agent = 10018,
    ccurl_option_http_header = 10023,
    ccurl_option_ssl_certificate = 10025,
    ccurl_option_header_data = 10029,
    ccurl_option_no_body = 44,
    ccurl_option_netrc = 51,
    ccurl_option_follow_location = 52,
    ccurl_option_post_field_size = 60,
    ccurl_option_verify_peer = 64,
    ccurl_option_ca_file = 10065,
    ccurl_option_connect_timeout = 78,
    ccurl_option_http_get = 80,
    ccurl_option_verify_host = 81,
    ccurl_option_ssl_key = 10087,
    ccurl_option_ca_folder = 10097,
    ccurl_option_buffer_size = 98,
    ccurl_option_no_signal = 99,
    ccurl_option_copy_post_fields = 10165,
    ccurl_option_no_proxy = 10177,
    ccurl_option_protocols = 181,
    ccurl_option_path_as_is = 234,
    ccurl_option_suppress_connect_headers = 265,
};

// Results of a transfer.
enum {
    ccurl_ok = 0,
    ccurl_cannot_resolve_proxy = 5,
    ccurl_cannot_resolve = 6,
    ccurl_cannot_connect = 7,
    ccurl_http2 = 16,
    ccurl_partial = 18,
    ccurl_write = 23,
    ccurl_timeout = 28,
    ccurl_tls = 35,
    ccurl_got_nothing = 52,
    ccurl_send = 55,
    ccurl_receive = 56,
    ccurl_client_certificate = 58,
    ccurl_peer_certificate = 60,
    ccurl_ca_file = 77,
    ccurl_http2_stream = 92,
};

// What a write function returns to receive the same bytes again later.
static const size_t ccurl_write_pause = 0x10000001;

typedef struct ccurl_easy ccurl_easy;
typedef struct ccurl_multi ccurl_multi;
typedef struct ccurl_list ccurl_list;
typedef size_t (*ccurl_write_function)(char *bytes, size_t one, size_t count, void *state);

// Opens the library; null, or why it cannot be opened. To be called once, before all others.
const char *ccurl_load(void);

ccurl_easy *ccurl_easy_init(void);
void ccurl_easy_reset(ccurl_easy *easy);
void ccurl_easy_cleanup(ccurl_easy *easy);
int ccurl_easy_resume(ccurl_easy *easy);
const char *ccurl_easy_strerror(int code);

// curl_easy_setopt has a variable number of arguments, which Swift cannot call.
int ccurl_set_long(ccurl_easy *easy, int option, long value);
int ccurl_set_pointer(ccurl_easy *easy, int option, const void *value);
int ccurl_set_write_function(ccurl_easy *easy, ccurl_write_function function);
int ccurl_set_header_function(ccurl_easy *easy, ccurl_write_function function);
// The whole certificates of authorities in PEM, which are copied.
int ccurl_set_ca_bytes(ccurl_easy *easy, const void *bytes, size_t count);

ccurl_multi *ccurl_multi_init(void);
void ccurl_multi_cleanup(ccurl_multi *multi);
int ccurl_multi_add(ccurl_multi *multi, ccurl_easy *easy);
int ccurl_multi_remove(ccurl_multi *multi, ccurl_easy *easy);
int ccurl_multi_perform(ccurl_multi *multi, int *running);
int ccurl_multi_poll(ccurl_multi *multi, int milliseconds);
// Whether a transfer has ended, and how.
int ccurl_multi_result(ccurl_multi *multi, int *code);

ccurl_list *ccurl_list_append(ccurl_list *list, const char *text);
void ccurl_list_free(ccurl_list *list);

#endif
