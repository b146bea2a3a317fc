#include "ccurl.h"

#include <dlfcn.h>

// curl/multi.h, CURLMsg: the only message there is says that a transfer is done.
typedef struct {
    int kind;
    ccurl_easy *easy;
    union {
        void *whatever;
        int code;
    } data;
} message;

// curl/easy.h, struct curl_blob.
typedef struct {
    void *bytes;
    size_t count;
    unsigned int flags;
} blob;

enum {
    global_default = 3,
    option_write_function = 20011,
    option_header_function = 20079,
    option_ca_bytes = 40309,
    blob_copy = 1,
    message_done = 1,
    pause_nothing = 0,
};

static int (*global_init)(long);
static ccurl_easy *(*easy_init)(void);
static void (*easy_reset)(ccurl_easy *);
static void (*easy_cleanup)(ccurl_easy *);
static int (*easy_pause)(ccurl_easy *, int);
static int (*easy_setopt)(ccurl_easy *, int, ...);
static const char *(*easy_strerror)(int);
static ccurl_multi *(*multi_init)(void);
static int (*multi_cleanup)(ccurl_multi *);
static int (*multi_add_handle)(ccurl_multi *, ccurl_easy *);
static int (*multi_remove_handle)(ccurl_multi *, ccurl_easy *);
static int (*multi_perform)(ccurl_multi *, int *);
static int (*multi_poll)(ccurl_multi *, void *, unsigned int, int, int *);
static message *(*multi_info_read)(ccurl_multi *, int *);
static ccurl_list *(*slist_append)(ccurl_list *, const char *);
static void (*slist_free_all)(ccurl_list *);

const char *ccurl_load(void) {
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
    void *library = NULL;
    for (size_t place = 0; !library && place < sizeof names / sizeof *names; place++) {
        library = dlopen(names[place], RTLD_NOW | RTLD_LOCAL);
    }
    if (!library) return "libcurl.so.4 is not installed (on Debian: apt-get install libcurl4)";
    const struct {
        const char *name;
        void *pointer;
    } symbols[] = {
        {"curl_global_init", &global_init},
        {"curl_easy_init", &easy_init},
        {"curl_easy_reset", &easy_reset},
        {"curl_easy_cleanup", &easy_cleanup},
        {"curl_easy_pause", &easy_pause},
        {"curl_easy_setopt", &easy_setopt},
        {"curl_easy_strerror", &easy_strerror},
        {"curl_multi_init", &multi_init},
        {"curl_multi_cleanup", &multi_cleanup},
        {"curl_multi_add_handle", &multi_add_handle},
        {"curl_multi_remove_handle", &multi_remove_handle},
        {"curl_multi_perform", &multi_perform},
        {"curl_multi_poll", &multi_poll},
        {"curl_multi_info_read", &multi_info_read},
        {"curl_slist_append", &slist_append},
        {"curl_slist_free_all", &slist_free_all},
    };
    for (size_t place = 0; place < sizeof symbols / sizeof *symbols; place++) {
        // POSIX has a pointer to data and one to a function in the same form.
        *(void **)symbols[place].pointer = dlsym(library, symbols[place].name);
        // curl_multi_poll is the youngest of them.
        if (!*(void **)symbols[place].pointer) return "libcurl.so.4 is older than version 7.66";
    }
    return global_init(global_default) == ccurl_ok ? NULL : "libcurl.so.4 cannot be initialized";
}

ccurl_easy *ccurl_easy_init(void) { return easy_init(); }
void ccurl_easy_reset(ccurl_easy *easy) { easy_reset(easy); }
void ccurl_easy_cleanup(ccurl_easy *easy) { easy_cleanup(easy); }
int ccurl_easy_resume(ccurl_easy *easy) { return easy_pause(easy, pause_nothing); }
const char *ccurl_easy_strerror(int code) { return easy_strerror(code); }

int ccurl_set_long(ccurl_easy *easy, int option, long value) { return easy_setopt(easy, option, value); }
int ccurl_set_pointer(ccurl_easy *easy, int option, const void *value) { return easy_setopt(easy, option, value); }
int ccurl_set_write_function(ccurl_easy *easy, ccurl_write_function function) {
    return easy_setopt(easy, option_write_function, function);
}
int ccurl_set_header_function(ccurl_easy *easy, ccurl_write_function function) {
    return easy_setopt(easy, option_header_function, function);
}
int ccurl_set_ca_bytes(ccurl_easy *easy, const void *bytes, size_t count) {
    blob value = {(void *)bytes, count, blob_copy};
    return easy_setopt(easy, option_ca_bytes, &value);
}

ccurl_multi *ccurl_multi_init(void) { return multi_init(); }
void ccurl_multi_cleanup(ccurl_multi *multi) { multi_cleanup(multi); }
int ccurl_multi_add(ccurl_multi *multi, ccurl_easy *easy) { return multi_add_handle(multi, easy); }
int ccurl_multi_remove(ccurl_multi *multi, ccurl_easy *easy) { return multi_remove_handle(multi, easy); }
int ccurl_multi_perform(ccurl_multi *multi, int *running) { return multi_perform(multi, running); }
int ccurl_multi_poll(ccurl_multi *multi, int milliseconds) { return multi_poll(multi, NULL, 0, milliseconds, NULL); }

int ccurl_multi_result(ccurl_multi *multi, int *code) {
    int left = 0;
    for (message *next = multi_info_read(multi, &left); next; next = multi_info_read(multi, &left)) {
        if (next->kind != message_done) continue;
        *code = next->data.code;
        return 1;
    }
    return 0;
}

ccurl_list *ccurl_list_append(ccurl_list *list, const char *text) { return slist_append(list, text); }
void ccurl_list_free(ccurl_list *list) { slist_free_all(list); }
